-- Asks for the paths in a file, each thread a share of its own: wrk -s load.lua URL -- FILE
local threads = 0

function setup(thread)
  thread:set("share", threads)
  threads = threads + 1
end

function init(args)
  paths, at = {}, share
  for line in io.lines(args[1]) do paths[#paths + 1] = wrk.format("GET", line) end
end

function request()
  at = at + 2 -- of two threads
  return paths[at % #paths + 1]
end
