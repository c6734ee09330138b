import FuzzDriver

fuzz(fuzzPromQL)
