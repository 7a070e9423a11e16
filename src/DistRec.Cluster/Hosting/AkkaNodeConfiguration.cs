using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote.Hosting;
using DistRec.Cluster.Security;

namespace DistRec.Cluster.Hosting;

/// <summary>A node's <see cref="AkkaNodeSettings"/> and its files, checked and put together.</summary>
/// <param name="Files">What the files say.</param>
/// <param name="Remote">Where the node listens and what others call it by.</param>
/// <param name="Cluster">Its roles and by whom it joins.</param>
internal sealed record AkkaNodeConfiguration(Config Files, RemoteOptions Remote, ClusterOptions Cluster)
{
    private const string Tcp = "akka.remote.dot-netty.tcp";

    /// <exception cref="ArgumentException">One line for each mistake.</exception>
    public static AkkaNodeConfiguration From(AkkaNodeSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        List<string> mistakes = [];
        Config files = ReadFiles(settings.Files, mistakes);
        CheckRoles(settings, files, mistakes);
        CheckEncryption(settings, files, mistakes);
        RemoteOptions remote = RemoteOf(settings, mistakes);
        ClusterOptions cluster = new()
        {
            Roles = [.. settings.Roles],
            SeedNodes = [.. SeedNodes(settings, files, mistakes).Select(node => node.ToString())],
        };
        return mistakes.Count == 0
            ? new AkkaNodeConfiguration(files, remote, cluster)
            : throw new ArgumentException(string.Join('\n', mistakes));
    }

    private static Config ReadFiles(IReadOnlyList<string> paths, List<string> mistakes)
    {
        Config files = Config.Empty;
        foreach (string path in paths)
        {
            try
            {
                // What a later file says counts.
                files = ConfigurationFactory.ParseString(File.ReadAllText(path)).WithFallback(files);
            }
            catch (Exception exception)
                when (exception is IOException or UnauthorizedAccessException or ConfigurationException or FormatException)
            {
                mistakes.Add($"{path}: expected a file of HOCON, found: {exception.Message}; see cluster-config for examples");
            }
        }

        return files;
    }

    private static void CheckRoles(AkkaNodeSettings settings, Config files, List<string> mistakes)
    {
        string given = string.Join(", ", settings.Roles);
        if (settings.Roles.Count == 0 || settings.Roles.Distinct().Count() != settings.Roles.Count
            || settings.Roles.Except(NodeRoles.All).Any())
        {
            mistakes.Add(
                $"Roles: expected {string.Join(", ", NodeRoles.All)} or several of them, found [{given}]; give the node what it is to do");
        }

        IList<string> inFiles = files.GetStringList("akka.cluster.roles", []);
        if (inFiles.Count > 0 && !inFiles.ToHashSet().SetEquals(settings.Roles))
        {
            mistakes.Add(
                $"akka.cluster.roles: expected [{given}], the node's roles, found [{string.Join(", ", inFiles)}]; "
                + "take the file of that role, or leave the key out");
        }

        if (settings.KnownMembersFile is { } path && !settings.Roles.Contains(NodeRoles.Coordinator))
        {
            mistakes.Add(
                $"KnownMembersFile: expected none on a node that is no {NodeRoles.Coordinator}, found {path}; "
                + "leave it out, since only a coordinator looks for its cluster there");
        }
    }

    private static void CheckEncryption(AkkaNodeSettings settings, Config files, List<string> mistakes)
    {
        if (settings.Tls is null && files.GetBoolean($"{Tcp}.enable-ssl", false))
        {
            mistakes.Add(
                $"{Tcp}.enable-ssl: expected the node's certificates, found none; "
                + "give certificate, key and authority to the node, and leave the key out");
        }
    }

    private static RemoteOptions RemoteOf(AkkaNodeSettings settings, List<string> mistakes)
    {
        string publicHost = settings.PublicHost;
        if (IsAnyAddress(publicHost) || Uri.CheckHostName(publicHost) == UriHostNameType.Unknown)
        {
            mistakes.Add(
                $"PublicHost: expected a host by which other nodes reach this one, found \"{publicHost}\"; "
                + "name one that resolves on every node");
        }

        if (settings.PublicPort is < 0 or > IPEndPoint.MaxPort)
        {
            mistakes.Add($"PublicPort: expected a port up to {IPEndPoint.MaxPort}, found {settings.PublicPort}; name one that is free");
        }

        if (settings.Tls is null && !settings.AllowPlaintext && !(IPAddress.IsLoopback(settings.Listen.Address) && IsLoopback(publicHost)))
        {
            mistakes.Add(
                $"Tls: expected certificates off the loopback, since the node listens at {settings.Listen.Address} and calls itself {publicHost}, found none; "
                + "give them, or allow plaintext in a network that is trusted");
        }

        return new RemoteOptions
        {
            HostName = settings.Listen.Address.ToString(),
            Port = settings.Listen.Port,
            PublicHostName = publicHost,
            PublicPort = settings.PublicPort,
            EnableSsl = settings.Tls is not null,
            Ssl = settings.Tls is { } tls ? Ssl(tls) : new SslOptions(),
        };
    }

    /// <summary>Both sides of a connection show a certificate, and each judges the other's by the cluster's own authority.</summary>
    private static SslOptions Ssl(Certificates tls) => new()
    {
        X509Certificate = tls.Own,
        RequireMutualAuthentication = true,
        CustomValidator = (certificate, _, peer, errors, log) =>
        {
            // A node is known by the authority that signed its certificate; it may be called by an address that is no name of it.
            bool trusted = tls.IsTrusted(certificate, errors & ~SslPolicyErrors.RemoteCertificateNameMismatch);
            if (!trusted)
            {
                log.Warning(
                    "{0}: expected a certificate that the cluster's authority signed, found {1}; the connection is refused",
                    peer, certificate?.Subject ?? "none");
            }

            return trusted;
        },
    };

    private static List<Address> SeedNodes(AkkaNodeSettings settings, Config files, List<string> mistakes)
    {
        string protocol = settings.Tls is not null ? "akka.ssl.tcp" : "akka.tcp";
        string prefix = $"{protocol}://{AkkaNodeSettings.SystemName}@";
        (string Place, string Prefix, IReadOnlyList<string> Found) given = settings.Seeds.Count > 0
            ? ("Seeds", "", settings.Seeds)
            : ("akka.cluster.seed-nodes", prefix, [.. files.GetStringList("akka.cluster.seed-nodes", [])]);
        List<Address> seeds = [];
        foreach (string text in given.Found)
        {
            if (Address.TryParse(given.Prefix.Length > 0 ? text : prefix + text, out Address? node)
                && node.Host is { Length: > 0 } && node.Port is > 0 and <= IPEndPoint.MaxPort
                && node.Protocol == protocol && node.System == AkkaNodeSettings.SystemName)
            {
                seeds.Add(node);
            }
            else
            {
                mistakes.Add(
                    $"{given.Place}: expected {given.Prefix}HOST:PORT, found {text}; "
                    + "give host and port of a coordinator's Akka.NET connections");
            }
        }

        bool coordinates = settings.Roles.Contains(NodeRoles.Coordinator);
        if (given.Found.Count == 0)
        {
            if (coordinates)
            {
                seeds.Add(Self(settings, protocol));
            }
            else
            {
                mistakes.Add(
                    "Seeds: expected HOST:PORT of the coordinators' Akka.NET connections, found none; "
                    + "name them, since a worker only joins");
            }
        }

        return coordinates ? [.. seeds.Concat(KnownMembers(settings, protocol, mistakes)).Distinct()] : seeds;
    }

    private static Address Self(AkkaNodeSettings settings, string protocol)
    {
        bool isIpV6 = IPAddress.TryParse(settings.PublicHost, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetworkV6;
        return new Address(
            protocol, AkkaNodeSettings.SystemName, isIpV6 ? $"[{address}]" : settings.PublicHost,
            settings.PublicPort > 0 ? settings.PublicPort : settings.Listen.Port);
    }

    /// <summary>
    /// A coordinator asks those that it last knew, too: else the first one would form a second cluster when it starts again while
    /// its workers go on, and another one would not find them while the first one is gone.
    /// </summary>
    private static IEnumerable<Address> KnownMembers(AkkaNodeSettings settings, string protocol, List<string> mistakes)
    {
        try
        {
            return settings.KnownMembersFile is { } path
                ? new KnownMembers(path).Read().Where(node => node.Protocol == protocol && node.System == AkkaNodeSettings.SystemName)
                : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            mistakes.Add(
                $"KnownMembersFile: expected a file that can be read, or none, found: {exception.Message}; "
                + "name another, or make it readable");
            return [];
        }
    }

    private static bool IsAnyAddress(string host) => host.Length == 0
        || (IPAddress.TryParse(host, out IPAddress? address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)));

    private static bool IsLoopback(string host) =>
        host is "localhost" || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));
}
