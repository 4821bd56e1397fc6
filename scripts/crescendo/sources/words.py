"""Words that names and titles are made of: our own invention, no artist or song is meant."""


def _list(words: str) -> tuple[str, ...]:
    return tuple(words.split())


FIRST = _list(
    "Léo Maëlle Anouk Siv Odalys Ruben Ione Tamsin Ilka Noé Zélie Bastian Yara Corentin Mirabel Oskar "
    "Dagny Ewa Fabrice Ginevra Håkon Inès Jolan Karsten Lúcia Maren Nadir Orla Piet Quentin Rosalba Søren"
)
STEM = _list(
    "Brum Vel Lanter Marl Corv Tarn Ondr Sabl Pell Quill Fenn Garr Halv Istr Jorr Kest Lunn Morv Nerv Orm "
    "Pruv Rask Selv Torr Ulv Varn Wick Yst Zorn Aldr Belm Cass Dorn Elv Fauv Grim Hest Ivr Jask Kolb "
    "Lask Mund Nolv Ostr Plov Rund Skar Trev Urs Vint Wolm Yarr Zell Ambr Bris Crav Drev Ebr Falk Gliv"
)
ENDING = _list("ane ette iveau sen ovic ick aud elle ini ola mark ström ier ouet berg ando ish ard esco in ey")
GROUP = _list(
    "Orchestra Quartet Collective Choir Ensemble Brothers Sisters Club Parade Society Machine Union Trio "
    "Committee Cinema Observatory Laundry Ferry Archive Bakery Airline Garage Museum Aquarium Station "
    "Almanac Lighthouse Telegraph Tramway Greenhouse Carnival Post"
)
ROLE = (
    "Lamplighter",
    "Ferryman",
    "Cartographer",
    "Clockmaker",
    "Beekeeper",
    "Stargazer",
    "Tailor",
    "Gardener",
)
ADJECTIVE = _list(
    "Paper Copper Borrowed Slow Velvet Northern Salted Hollow Amber Wandering Quiet Electric Painted Second "
    "Crooked Tidal Frosted Careless Nickel Distant Folded Lunar Mended Restless Sunken Woven Burnt Pale "
    "Été Fragile Légère Über Última Señorial"
)
NOUN = _list(
    "Lighthouse Orchard Satellite Harbour Staircase Ribbon Compass Meadow Carousel Lantern Umbrella Glacier "
    "Postcard Bicycle Thunder Marble Window Feather Tunnel Engine Garden Balcony Comet Kettle Magnet Island "
    "Chimney Parachute Radio Signal Ladder Mirror Forêt Café Rivière Corazón Mañana Straße"
)
PLACE = _list(
    "Mirelle Tarnquay Pellworth Saint-Orme Velda Castelune Brumeval Kestrelbay Fennick Morvane Halvasund "
    "Ostrelle Quillon Sablemont Lunnport Doremar"
)
EMOJI = ("🌙", "🔥", "🦊", "💿", "🌊", "🧡")
VERSION = (
    " - Remix",
    " - Live",
    " - Acoustic",
    " - Radio Edit",
    " - Sped Up",
    " (bonus track)",
    " - Remastered 2019",
    " (Instrumental)",
    " - Extended Mix",
)
