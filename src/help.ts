/** What `--help` says: each flag, and the variable that sets the same. */
export const help = `Chatroom: a chat room for a group of people, in one file.

  chatroom [flags]                         start the server
  chatroom backup FILE [flags]             back up everything, while it runs
  chatroom restore FILE [flags]            restore a backup into a new --data folder,
                                           or an empty --database
  chatroom import --from FOLDER [flags]    move a stopped server from its data folder
                                           into an empty --database
  chatroom owner [flags]                   print a link that makes an owner, while it runs
  chatroom way-back NAME [flags]           print a link with which somebody comes back
  chatroom health [flags]                  ask the server with these flags: exit code 0 or 1
  chatroom service [flags]                 print a systemd unit for a server with these flags

  Flag                      Meaning                                  Environment
  --port 3000               port to listen on (0: a free port)       CHATROOM_PORT
  --host 0.0.0.0            address to listen on                     CHATROOM_HOST
  --data ./chatroom-data    folder for all data                      CHATROOM_DATA
  --database postgres://…   PostgreSQL instead of SQLite in the folder CHATROOM_DATABASE
  --accept-loss             take a database that may lose messages   CHATROOM_ACCEPT_LOSS
  --files FOLDER|s3://…     files elsewhere: a folder, or a bucket   CHATROOM_FILES
                            with S3_ENDPOINT, S3_REGION and keys
                            from the environment
  --name "Chatroom"         name shown in the page, else as set there CHATROOM_NAME
  --public-url URL          address under which people reach it      CHATROOM_PUBLIC_URL
  --base-path /             path prefix of every address             CHATROOM_BASE_PATH
  --https                   HTTPS, with a certificate made here      CHATROOM_HTTPS
  --tls-cert FILE           HTTPS, with this certificate…            CHATROOM_TLS_CERT
  --tls-key FILE            …and its key                             CHATROOM_TLS_KEY
  --acme DOMAIN             HTTPS, with one from Let's Encrypt,      CHATROOM_ACME
                            whose terms you accept with this flag
  --acme-email ADDRESS      where Let's Encrypt reaches you          CHATROOM_ACME_EMAIL
  --acme-directory URL      another authority than Let's Encrypt     CHATROOM_ACME_DIRECTORY
  --https-port 3443         port for HTTPS, beside HTTP              CHATROOM_HTTPS_PORT
  --trust-proxy [ADDRESS]   trust X-Forwarded-For and -Proto         CHATROOM_TRUST_PROXY
  --max-upload 50MB         largest file                             CHATROOM_MAX_UPLOAD
  --max-per-person 2GB      all files of one person                  CHATROOM_MAX_PER_PERSON
  --max-files 50GB          all files of everybody                   CHATROOM_MAX_FILES
  --keep-names 90           days that unused names are kept          CHATROOM_KEEP_NAMES
  --arrivals on             tell the first room who is new           CHATROOM_ARRIVALS
  --push                    notices on devices without an open page  CHATROOM_PUSH
  --help, --version

With --acme, HTTP and HTTPS listen on 80 and 443 unless you choose other ports.
CHATROOM_RATE_LIMITS=off turns rate limits off, for benchmarks only.
Ctrl-C stops the server. Every acknowledged message is already on disk.`
