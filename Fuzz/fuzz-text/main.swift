import FuzzDriver

fuzz(fuzzText)
