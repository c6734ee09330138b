// Exposition: placeholder until its first file lands.
