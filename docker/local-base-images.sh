#!/usr/bin/env bash
# Makes local stand-ins for the images that docker/Dockerfile and docker-compose.yml build on, for machines where no registry
# can be reached: a Debian root from a package mirror with this machine's .NET SDK, a root without a shell that holds the
# ASP.NET runtime and the libraries it loads, and, where PostgreSQL is installed, a server of this machine's version.
# They carry the real images' names and user, not their contents: good for trying the containers, not for shipping them.
#   sudo docker/local-base-images.sh        (needs debootstrap and a .NET SDK; MIRROR names a Debian mirror, SUITE its suite)
set -euo pipefail

mirror=${MIRROR:-http://deb.debian.org/debian}
suite=${SUITE:-bookworm}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")

# The user "app" of the real images, by the number that the Dockerfile names.
add_app() { # ROOT
  grep -q '^app:' "$1/etc/passwd" 2>/dev/null || echo 'app:x:1654:1654::/home/app:/usr/sbin/nologin' >> "$1/etc/passwd"
  grep -q '^app:' "$1/etc/group" 2>/dev/null || echo 'app:x:1654:' >> "$1/etc/group"
  mkdir -p "$1/home/app" && chown 1654:1654 "$1/home/app"
}

sdk=$work/sdk
debootstrap --variant=minbase --include=ca-certificates,libicu72,libssl3,zlib1g "$suite" "$sdk" "$mirror" > "$work/log" 2>&1 ||
  { tail -20 "$work/log" >&2; exit 1; }
rm -rf "$sdk"/var/cache/apt/archives/*.deb "$sdk"/var/lib/apt/lists/*
mkdir -p "$sdk/usr/share"
cp -a "$dotnet" "$sdk/usr/share/dotnet"
ln -sf /usr/share/dotnet/dotnet "$sdk/usr/bin/dotnet"
add_app "$sdk"
tar -C "$sdk" -c . | docker import -c 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' -c 'CMD ["bash"]' - mcr.microsoft.com/dotnet/sdk:10.0

# Only libraries, certificates and the runtime: what a program reads that is not there fails here as it does in the real image.
runtime=$work/runtime
mkdir -p "$runtime"/{etc,tmp,lib64,usr/share/dotnet,etc/ssl/certs} && chmod 1777 "$runtime/tmp"
cp -a "$dotnet"/{dotnet,host} "$runtime/usr/share/dotnet/"
mkdir "$runtime/usr/share/dotnet/shared"
cp -a "$dotnet"/shared/{Microsoft.NETCore.App,Microsoft.AspNetCore.App} "$runtime/usr/share/dotnet/shared/"
cp "$sdk/etc/ssl/certs/ca-certificates.crt" "$runtime/etc/ssl/certs/"
libraries=$(cd "$sdk" && find . \( -type f -o -type l \) \( -name 'ld-linux*' -o -name 'libc.so.6' -o -name 'libm.so.6' -o -name 'libdl.so.2' -o -name 'libpthread.so.0' \
  -o -name 'librt.so.1' -o -name 'libresolv.so.2' -o -name 'libnss_dns.so.2' -o -name 'libnss_files.so.2' -o -name 'libgcc_s.so.1' \
  -o -name 'libstdc++.so.6*' -o -name 'libz.so.1*' -o -name 'libssl.so.3' -o -name 'libcrypto.so.3' \) -not -path './usr/share/dotnet/*')
(cd "$sdk" && for link in lib lib64; do [ -L "$link" ] && echo "./$link"; done; true) | while read -r link; do
  rm -rf "${runtime:?}/$link"; cp -a "$sdk/$link" "$runtime/$link"
done
(cd "$sdk" && echo "$libraries" | xargs cp -a --parents -t "$runtime")
mkdir -p "$runtime/usr/bin" && ln -s /usr/share/dotnet/dotnet "$runtime/usr/bin/dotnet"
echo 'root:x:0:0:root:/root:/usr/sbin/nologin' > "$runtime/etc/passwd"
echo 'root:x:0:' > "$runtime/etc/group"
echo 'hosts: files dns' > "$runtime/etc/nsswitch.conf"
add_app "$runtime"
tar -C "$runtime" -c . | docker import -c 'ENV PATH=/usr/bin' -c 'ENV DOTNET_ROOT=/usr/share/dotnet' -c 'ENV DOTNET_RUNNING_IN_CONTAINER=true' \
  -c 'ENV ASPNETCORE_HTTP_PORTS=8080' -c 'USER 1654' - mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled

# The server and just enough of the official image's start: a database, a user and its password, drawn from the same variables.
server=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
if [ -n "$server" ]; then
  postgres=$work/postgres
  cp -a "$sdk" "$postgres" && rm -rf "$postgres/usr/share/dotnet" "$postgres/usr/bin/dotnet"
  home=$(dirname "$server"); version=$(basename "$home")
  mkdir -p "$postgres/usr/lib/postgresql" "$postgres/usr/share/postgresql" "$postgres/var/lib/postgresql/data" "$postgres/var/run/postgresql"
  cp -a "$home" "$postgres/usr/lib/postgresql/$version"
  cp -a "/usr/share/postgresql/$version" "$postgres/usr/share/postgresql/$version"
  { ldd "$server"/{postgres,initdb,psql,pg_isready,pg_ctl} "$home"/lib/*.so 2>/dev/null || true; } | awk '$3 ~ /^\// { print $3 }' | sort -u | xargs -I{} cp -aL --parents {} "$postgres"
  echo 'postgres:x:70:70::/var/lib/postgresql:/bin/sh' >> "$postgres/etc/passwd"
  echo 'postgres:x:70:' >> "$postgres/etc/group"
  cat > "$postgres/usr/bin/start-postgres" <<'START'
#!/bin/sh
set -e
data=/var/lib/postgresql/data/server
if [ ! -s "$data/PG_VERSION" ]; then
  initdb -D "$data" -U "$POSTGRES_USER" --auth-host=scram-sha-256 --auth-local=trust --pwfile="$POSTGRES_PASSWORD_FILE"
  echo "host all all all scram-sha-256" >> "$data/pg_hba.conf"
  pg_ctl -D "$data" -o "-c listen_addresses=" -w start
  [ "$POSTGRES_DB" = postgres ] || psql -U "$POSTGRES_USER" -d postgres -c "CREATE DATABASE $POSTGRES_DB"
  pg_ctl -D "$data" -m fast -w stop
fi
exec postgres -D "$data" -c listen_addresses='*'
START
  chmod 755 "$postgres/usr/bin/start-postgres"
  chown -R 70:70 "$postgres/var/lib/postgresql" "$postgres/var/run/postgresql"
  tar -C "$postgres" -c . | docker import -c "ENV PATH=/usr/lib/postgresql/$version/bin:/usr/bin:/bin" \
    -c 'ENTRYPOINT ["/usr/bin/start-postgres"]' - postgres:17-alpine
fi
docker images --format '{{.Repository}}:{{.Tag}} {{.Size}}' | grep -E '^(mcr.microsoft.com/dotnet|postgres)'
