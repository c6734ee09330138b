import FuzzDriver

fuzz(fuzzWrite)
