// PromQLSyntax: placeholder until its first file lands.
