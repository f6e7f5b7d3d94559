"""Pages about who follows whom, and the forms of following, muting and blocking."""
