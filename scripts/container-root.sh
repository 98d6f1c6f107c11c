#!/bin/sh
# Makes the root file system of the container: container-root.sh EXECUTABLE FOLDER.
# It has the executable with the libraries that it loads, a user, and nothing to run besides.
set -eu
executable=$1
root=$2

mkdir -p "$root/data" "$root/etc" "$root/tmp"
cp "$executable" "$root/chatroom"
for library in $(ldd "$executable" | grep -o '/[^ ]*'); do
  mkdir -p "$root$(dirname "$library")"
  cp -L "$library" "$root$library"
done

echo 'chatroom:x:65532:65532::/data:/sbin/nologin' > "$root/etc/passwd"
echo 'chatroom:x:65532:' > "$root/etc/group"
# The licence of the C library.
notice=/usr/share/doc/libc6/copyright
if [ -f "$notice" ]; then cp -L "$notice" "$root/etc/libc6-copyright"; fi

chown 65532:65532 "$root/data"
chmod 700 "$root/data"
chmod 1777 "$root/tmp"
