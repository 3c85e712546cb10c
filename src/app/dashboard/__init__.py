"""The dashboard: a page of plain JavaScript modules that speaks to the platform API."""
