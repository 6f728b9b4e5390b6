#!/usr/bin/env bash
# Builds the list of common passwords embedded in the API. Needed only to update the list.
#
#   scripts/build-common-passwords.sh 10-million-password-list-top-1000000.txt
#
# Source: SecLists, Passwords/Common-Credentials/10-million-password-list-top-1000000.txt (https://github.com/danielmiessler/SecLists,
# MIT License, Copyright (c) Daniel Miessler), one password per line, most frequent first. The list contains the first 150,000 in
# lowercase, without passwords shorter than 4 characters: those would reject too many longer passwords that contain them.
# common-passwords-extra.txt adds others.
set -euo pipefail
source=${1:?"pass the path of the downloaded list"}
folder=$(dirname "$0")/../MovieLms.ApiService/Identity/Passwords
export LC_ALL=C
{ head -n 150000 "$source"; grep -v '^#' "$folder/common-passwords-extra.txt"; } \
  | tr -d '\r' | tr '[:upper:]' '[:lower:]' | grep -E '^[[:print:]]{4,}$' | sort -u | gzip -9n > "$folder/common-passwords.txt.gz"
echo "$(gzip -dc "$folder/common-passwords.txt.gz" | wc -l) passwords, $(stat -c %s "$folder/common-passwords.txt.gz") bytes"
