"""What comes next and what playlists did: the estimates that SQL cannot make, and the front page that tells them."""
