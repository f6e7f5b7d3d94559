"""Input of the pages of accounts: checked, never saved."""
