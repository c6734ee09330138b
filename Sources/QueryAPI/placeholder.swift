// QueryAPI: placeholder until its first file lands.
