// DashboardServer: placeholder until its first file lands.
