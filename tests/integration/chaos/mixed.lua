-- wrk: one write in four, reads otherwise, statuses counted. Arguments: TOKEN POST_ID[,POST_ID...]
local threads = {}

function setup(thread)
  table.insert(threads, thread)
  thread:set("number", #threads)
end

function init(arguments)
  math.randomseed(number * 7919)
  headers = { Authorization = "Bearer " .. arguments[1], ["Content-Type"] = "application/json" }
  posts = {}
  for id in string.gmatch(arguments[2], "[^,]+") do table.insert(posts, id) end
  statuses = ""
  counts = {}
end

function request()
  local post = "/api/posts/" .. posts[math.random(#posts)]
  local dice = math.random(8)
  if dice == 1 then return wrk.format("POST", "/api/posts", headers, '{"text":"from the storm"}') end
  if dice == 2 then return wrk.format("PUT", post .. "/like", headers, "") end
  if dice == 3 then return wrk.format("DELETE", post .. "/like", headers, nil) end
  if dice == 4 then return wrk.format("POST", post .. "/comments", headers, '{"text":"noted"}') end
  if dice == 5 then return wrk.format("GET", "/api/posts?limit=10", headers, nil) end
  return wrk.format("GET", post, headers, nil)
end

function response(status)
  counts[status] = (counts[status] or 0) + 1
  local parts = {}
  for code, count in pairs(counts) do table.insert(parts, code .. ":" .. count) end
  statuses = table.concat(parts, " ")
end

function done(summary)
  for _, thread in ipairs(threads) do print("statuses " .. thread:get("statuses")) end
  local errors = summary.errors
  print(string.format("errors connect:%d read:%d write:%d timeout:%d",
    errors.connect, errors.read, errors.write, errors.timeout))
end
