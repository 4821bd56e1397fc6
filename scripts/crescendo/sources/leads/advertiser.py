"""The channels of the made-up advertiser."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Channel:
    """A channel: its share of validated leads, how many of its leads are valid, its tags, and what a lead costs."""

    label: str
    share: float
    valid: float
    source: str | None
    medium: str | None
    campaigns: tuple[str, ...]
    labels: tuple[str, ...]
    platform: str = ""
    campaign_id: str = ""
    cost: float = 0.0
    publisher: bool = False


CHANNELS = (
    Channel(
        "SEA Marque",
        0.34,
        0.72,
        "google",
        "cpc",
        ("FR | Search | Marque",),
        ("SEA Marque", "sea marque", "SEA MARQUE "),
        "google_ads",
        "1001",
        6.0,
    ),
    Channel("SEO", 0.18, 0.68, "google", "organic", ("",), ("SEO", "Seo", "seo ")),
    Channel(
        "SEA Générique",
        0.16,
        0.58,
        "google",
        "cpc",
        ("FR | Search | Hors marque", "FR | Search | Generique Sud"),
        ("SEA Générique", "SEA Generique", "sea generique"),
        "google_ads",
        "1002",
        31.0,
    ),
    Channel(
        "Affiliation",
        0.11,
        0.49,
        "kwanko",
        "affiliate",
        ("comparateur",),
        ("Affiliation", "AFFILIATION"),
        "affiliation",
        "",
        22.0,
        publisher=True,
    ),
    Channel(
        "Display",
        0.09,
        0.47,
        "dv360",
        "display",
        ("Prospection T1", "Prospection T2"),
        ("Display", "display"),
        "dv360",
        "3001",
        38.0,
    ),
    Channel(
        "Facebook",
        0.06,
        0.44,
        "facebook",
        "cpc",
        ("Lookalike", "Retargeting"),
        ("Facebook", "FaceBook", "facebook"),
        "meta_ads",
        "4001",
        27.0,
    ),
    Channel("GDN", 0.03, 0.45, "google", "cpc", ("GDN - Remarketing",), ("GDN", "gdn"), "google_ads", "1003", 35.0),
    Channel("GSP", 0.02, 0.43, "google", "cpc", ("GSP - Gmail",), ("GSP", "Gsp"), "google_ads", "1004", 33.0),
    Channel(
        "Display secondaire",
        0.01,
        0.40,
        "criteo",
        "display",
        ("Criteo Lower Funnel",),
        ("Display secondaire", "Display Secondaire"),
        "criteo",
        "5001",
        44.0,
    ),
)
