import FuzzDriver

fuzz(fuzzStorage)
