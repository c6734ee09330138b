// PredictionAPI: placeholder until its first file lands.
