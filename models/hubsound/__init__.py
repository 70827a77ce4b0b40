"""Sound models of the hub: effects by Stable Audio, music by ACE-Step."""
