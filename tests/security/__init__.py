"""Who can read what a home holds: encryption, file modes, secrets, open ports."""
