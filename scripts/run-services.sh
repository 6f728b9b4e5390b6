#!/usr/bin/env bash
# Runs MovieLms like the AppHost, but without Aspire: the embedded backing services in one process, and ApiService, Worker and
# Realtime as separate processes, with the environment variables that the AppHost would set. Ctrl+C stops all of them.
#
#   scripts/run-services.sh [--data DIR] [--no-build]
#
# Ports: API_PORT (5401), WORKER_PORT (5402), REALTIME_PORT (5403), MONGO_PORT (5427), REDIS_PORT (5479), SMTP_PORT (5425),
# MAIL_PORT (5480, the inbox page).
# Connection strings in the environment (ConnectionStrings__mongodb, __redis, __smtp) replace the embedded services.
set -euo pipefail
cd "$(dirname "$0")/.."

configuration=${CONFIGURATION:-Release}
data=data
build=1
while [[ $# -gt 0 ]]; do
  case $1 in
    --data) data=$2; shift 2 ;;
    --no-build) build=0; shift ;;
    *) echo "unknown option $1; see the head of $0" >&2; exit 2 ;;
  esac
done
api_port=${API_PORT:-5401} worker_port=${WORKER_PORT:-5402} realtime_port=${REALTIME_PORT:-5403}
mongo_port=${MONGO_PORT:-5427} redis_port=${REDIS_PORT:-5479}
smtp_port=${SMTP_PORT:-5425} mail_port=${MAIL_PORT:-5480}

if [[ $build == 1 ]]; then
  for project in Standalone ApiService Worker Realtime; do dotnet build "MovieLms.$project" -c "$configuration" -v q --nologo; done
fi
binary() { echo "MovieLms.$1/bin/$configuration/net10.0/MovieLms.$1.dll"; }
backing_process=() services=()
# The services end their work before the databases stop.
stop() {
  local processes
  for processes in "${services[*]}" "${backing_process[*]}"; do
    [[ -z $processes ]] && continue
    # shellcheck disable=SC2086 # a list of process IDs
    { kill $processes; wait $processes; } 2>/dev/null || true
  done
}
trap stop EXIT

backing=()
[[ -z ${ConnectionStrings__mongodb:-} ]] && backing+=(mongo)
[[ -z ${ConnectionStrings__redis:-} ]] && backing+=(redis)
[[ -z ${ConnectionStrings__smtp:-} ]] && backing+=(mail)
# Other users and web pages on this machine can reach the ports of MongoDB and Redis, so each start generates passwords.
MOVIELMS_MONGO_PASSWORD=${MOVIELMS_MONGO_PASSWORD:-$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')}
MOVIELMS_REDIS_PASSWORD=${MOVIELMS_REDIS_PASSWORD:-$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')}
export MOVIELMS_MONGO_PASSWORD MOVIELMS_REDIS_PASSWORD
if [[ ${#backing[@]} -gt 0 ]]; then
  dotnet "$(binary Standalone)" "--backing-only=$(IFS=,; echo "${backing[*]}")" --data "$data" \
    --mongo-port "$mongo_port" --redis-port "$redis_port" --smtp-port "$smtp_port" --mail-port "$mail_port" &
  backing_process=($!)
fi
inbox=
[[ " ${backing[*]} " == *" mail "* ]] && inbox="http://127.0.0.1:$mail_port/mail"

mongo=mongodb://movielms:$MOVIELMS_MONGO_PASSWORD@127.0.0.1:$mongo_port/movielms?authSource=admin
export ConnectionStrings__mongodb=${ConnectionStrings__mongodb:-$mongo}
export ConnectionStrings__redis=${ConnectionStrings__redis:-127.0.0.1:$redis_port,password=$MOVIELMS_REDIS_PASSWORD}
export ConnectionStrings__smtp=${ConnectionStrings__smtp:-smtp://127.0.0.1:$smtp_port?tls=none}
export DOTNET_ENVIRONMENT=${DOTNET_ENVIRONMENT:-Development}
export services__apiservice__http__0=http://127.0.0.1:$api_port

ASPNETCORE_URLS=http://127.0.0.1:$api_port dotnet "$(binary ApiService)" &
services+=($!)
ASPNETCORE_URLS=http://127.0.0.1:$worker_port dotnet "$(binary Worker)" &
services+=($!)
ASPNETCORE_URLS=http://127.0.0.1:$realtime_port dotnet "$(binary Realtime)" &
services+=($!)

# Show only the hosts, because a connection string may contain a password.
cat <<TABLE

  ApiService  http://127.0.0.1:$api_port   (reference at /scalar)
  Worker      http://127.0.0.1:$worker_port
  Realtime    http://127.0.0.1:$realtime_port
  MongoDB     ${ConnectionStrings__mongodb##*@}
  Redis       ${ConnectionStrings__redis%%,*}
  Inbox       ${inbox:-on the mail server of ConnectionStrings__smtp}

TABLE
wait
