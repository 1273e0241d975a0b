-- The action `lua.latchkey <Latchkey's address>`: asks GET /v4/authorize with the query in txn.latchkey_requires, and
-- sets txn.latchkey_allowed and the identity headers, or answers the client with Latchkey's refusal as it is.

local TOKEN_HEADERS = { "authorization", "x-api-key", "api-token", "x-forwarded-for" }
local PASSED_ON = { "content-type", "www-authenticate", "cache-control", "retry-after", "x-request-id" }
local TIMEOUT_MS = 2000

local function with_index(list)
  local values = {}
  for i = 0, #list do
    if list[i] ~= nil then values[#values + 1] = list[i] end
  end
  return values
end

core.register_action("latchkey", { "http-req" }, function(txn, address)
  local received = txn.http:req_get_headers()
  local sent = {}
  for _, name in ipairs(TOKEN_HEADERS) do
    if received[name] then sent[name] = with_index(received[name]) end
  end

  local url = address .. "/v4/authorize?" .. txn:get_var("txn.latchkey_requires")
  local answer = core.httpclient():get({ url = url, headers = sent, timeout = TIMEOUT_MS })
  if not answer or not answer.headers then return end

  if answer.status == 200 then
    for name, values in pairs(answer.headers) do
      if name:lower():find("^x%-latchkey%-") then txn.http:req_set_header(name, values[0] or values[1]) end
    end
    txn:set_var("txn.latchkey_allowed", true)
    return
  end

  -- A refusal is a problem. Anything else is HAProxy's own page for no answer, and the configuration denies.
  local content_type = answer.headers["content-type"]
  if not content_type or (content_type[0] or content_type[1]) ~= "application/problem+json" then return end

  local reply = txn:reply({ status = answer.status, body = answer.body })
  for _, name in ipairs(PASSED_ON) do
    local values = answer.headers[name]
    if values then reply:add_header(name, values[0] or values[1]) end
  end
  txn:done(reply)
end, 1)
