import FuzzDriver

fuzz(fuzzScripts)
