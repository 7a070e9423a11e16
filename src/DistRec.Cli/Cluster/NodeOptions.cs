using System.Net;
using System.Text.Json;
using DistRec.Cluster.Security;
using DistRec.Cluster.Hosting;

namespace DistRec.Cli.Cluster;

/// <summary>
/// A node's settings: on the command line, in the environment as DISTREC_NODE_NAME, in a JSON file under the option's name; the
/// first that has a setting counts.
/// </summary>
internal static class NodeOptions
{
    private const string VariablePrefix = "DISTREC_NODE_";

    public static OptionDefinition Config { get; } = new("config", "FILE", "JSON with these options by name, such as cluster-config/worker.json");

    public static IReadOnlyList<OptionDefinition> Settings { get; } =
    [
        new("role", "ROLE", "coordinator: has the queue of jobs and the API; worker: trains; or coordinator,worker"),
        new("listen", "HOST:PORT", "Where the node listens, and Akka.NET at the port after it; default 127.0.0.1:7400, on a worker any free port"),
        new("advertise", "URL", "How other nodes reach it; default the address it listens on, or the host's name where it listens on all"),
        new("join", "HOST:PORT", "Where the coordinators listen, separated by commas, the same in the same order on every node; the first forms the cluster"),
        new("akka-port", "PORT", "Where Akka.NET's own connections come in; default the port after the one of --listen, which others take it for"),
        new("akka-config", "FILES", "HOCON for Akka.NET, such as cluster-config/worker.conf; separated by commas, what a later one says counts"),
        new("id", "NAME", "The node's name, the same when it starts again; default its advertised host and port"),
        new("threads", "N", "Threads that train on it; default all cores"),
        new("store", "PLACE", "For coordinators: a folder or s3://bucket/prefix for jobs' data, snapshots and models; default distrec-store"),
        new("journal", "PLACE", "For coordinators: a file or postgresql://… for the queue of jobs; default distrec-jobs.db"),
        new("jobs", "N", "For coordinators: jobs that may run at once; default 2"),
        new("upload-quota", "GIB", "For coordinators: how much may be uploaded and not submitted; default 100"),
        new("upload-expiry", "HOURS", "For coordinators: how long an upload that is not submitted is kept; default 24"),
        SecretReader.Option,
        .. TlsReader.OfNode,
        new("allow-plaintext", null, "Allow connections in the clear off the loopback, in a network that is trusted"),
        new("log", "FORM", "text or json; default text"),
        new("log-level", "LEVEL", "information, debug (a line a round) or warning; default information"),
    ];

    private static readonly string[] OfCoordinators = ["store", "journal", "jobs", "upload-quota", "upload-expiry"];

    /// <summary>Adds what environment and file say to what was typed.</summary>
    public static GivenOptions Gather(GivenOptions given, CliHost host)
    {
        Dictionary<string, GivenValue> values = VariableOptions.Add(given, Settings, VariablePrefix, host).Values.ToDictionary(StringComparer.Ordinal);
        if (given.Text(Config.Name) is { } file)
        {
            ReadFile(file, given.PlaceOf(Config.Name), given.Mistakes, values);
        }

        return new GivenOptions(values, given.Mistakes);
    }

    /// <summary>Reads the settings.</summary>
    public static ClusterNodeOptions Read(GivenOptions given, CliHost host) => Read(given, host, ReadRoles(given));

    /// <summary>Reads the settings of a node whose roles are read.</summary>
    public static ClusterNodeOptions Read(GivenOptions given, CliHost host, string[] roles)
    {
        bool coordinates = roles.Contains(NodeRoles.Coordinator);
        DnsEndPoint[] join = ReadJoin(given);
        if (roles.Length > 0 && !coordinates && !given.Has("join") && !given.Has("akka-config"))
        {
            given.Mistakes.Add("--join", "the coordinators' HOST:PORT", "nothing", "a worker joins the cluster of a coordinator");
        }

        foreach (string name in OfCoordinators.Where(name => roles.Length > 0 && !coordinates && given.Has(name)))
        {
            given.Mistakes.Add(given.PlaceOf(name), "nothing on a worker", $"\"{given.Text(name)}\"", "give it to the coordinators, or leave it out");
        }

        TlsOptions? tls = TlsReader.Read(given);
        string scheme = tls is null ? "http" : "https";
        IPEndPoint listen = ReadListen(given, coordinates);
        Uri? advertise = ReadAddress(given, "advertise", scheme);
        if (advertise is null && (listen.Address.Equals(IPAddress.Any) || listen.Address.Equals(IPAddress.IPv6Any)))
        {
            if (listen.Port == 0)
            {
                given.Mistakes.Add(given.PlaceOf("listen"), "a port, since the node listens on all addresses", "port 0", "name one, such as *:7400");
            }
            else
            {
                advertise = new Uri($"{scheme}://{Dns.GetHostName()}:{listen.Port}/");
            }
        }

        ClusterSecret? secret = SecretReader.Read(given, host);
        bool isLocal = IPAddress.IsLoopback(listen.Address) && advertise?.IsLoopback != false;
        if (!isLocal && tls is null && !given.Flag("allow-plaintext"))
        {
            given.Mistakes.Add(given.PlaceOf("listen"), "TLS off the loopback", "connections in the clear", "give --tls-certificate, --tls-key and --tls-authority, or --allow-plaintext in a network that is trusted");
        }

        if (!isLocal && secret is null)
        {
            given.Mistakes.Add($"--{SecretReader.Option.Name}", "the cluster's secret off the loopback", "none", $"give it, or set {SecretReader.Variable}; draw one with: openssl rand -hex 32");
        }

        return new ClusterNodeOptions
        {
            Roles = roles,
            Id = given.Text("id") ?? "",
            Listen = listen,
            Advertise = advertise,
            Join = join,
            AkkaPort = given.Has("akka-port") ? given.Integer("akka-port", 0, 1, "give a free port", IPEndPoint.MaxPort) : null,
            AkkaFiles = given.Text("akka-config")?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [],
            Threads = given.Integer("threads", host.Cores, 1, "give the cores that this node may use", 1024),
            Store = given.Text("store") ?? "distrec-store",
            Journal = given.Text("journal") ?? "distrec-jobs.db",
            MaximumJobs = given.Integer("jobs", 2, 1, "2 is usual", 1000),
            UploadQuota = (long)given.Integer("upload-quota", 100, 1, "100 is usual", 1_000_000) << 30,
            UploadExpiry = TimeSpan.FromHours(given.Integer("upload-expiry", 24, 1, "24 is usual", 10_000)),
            Secret = secret,
            Tls = tls,
            AllowPlaintext = given.Flag("allow-plaintext"),
            Time = host.Time,
        };
    }

    private static string[] ReadRoles(GivenOptions given)
    {
        const string Expected = "coordinator, worker, or both with a comma";
        string text = given.Required("role", Expected, "a cluster has at least one coordinator and any number of workers");
        string[] roles = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (roles.Any(role => role is not (NodeRoles.Coordinator or NodeRoles.Worker)) || roles.Distinct().Count() != roles.Length)
        {
            given.Mistakes.Add(given.PlaceOf("role"), Expected, $"\"{text}\"", "give one of the three");
        }

        return roles;
    }

    private static DnsEndPoint[] ReadJoin(GivenOptions given)
    {
        List<DnsEndPoint> coordinators = [];
        foreach (string text in given.Text("join")?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [])
        {
            if (Uri.TryCreate($"akka://{text}", UriKind.Absolute, out Uri? address) && address.Port is > 0 and < IPEndPoint.MaxPort && address.Authority == text)
            {
                coordinators.Add(new DnsEndPoint(address.Host, address.Port));
            }
            else
            {
                given.Mistakes.Add(given.PlaceOf("join"), "HOST:PORT of every coordinator, separated by commas", $"\"{text}\"", "give what --listen or --advertise is on the coordinators");
            }
        }

        return [.. coordinators];
    }

    internal static IPEndPoint ReadListen(GivenOptions given, bool coordinates) =>
        ReadListen(given, "listen", coordinates ? ClusterNodeOptions.DefaultPort : 0);

    private static IPEndPoint ReadListen(GivenOptions given, string name, int defaultPort)
    {
        IPEndPoint fallback = new(IPAddress.Loopback, defaultPort);
        if (given.Text(name) is not { } text)
        {
            return fallback;
        }

        string address = text.StartsWith("localhost:", StringComparison.Ordinal) ? "127.0.0.1" + text["localhost".Length..]
            : text.StartsWith("*:", StringComparison.Ordinal) ? "0.0.0.0" + text[1..]
            : text;
        if (address.Contains(':', StringComparison.Ordinal) && IPEndPoint.TryParse(address, out IPEndPoint? endpoint))
        {
            return endpoint;
        }

        given.Mistakes.Add(given.PlaceOf(name), "an address of this machine and a port, such as 0.0.0.0:7400", $"\"{text}\"", "* stands for all addresses");
        return fallback;
    }

    internal static Uri? ReadAddress(GivenOptions given, string name, string scheme)
    {
        if (given.Text(name) is not { } text)
        {
            return null;
        }

        string address = text.Contains("://", StringComparison.Ordinal) ? text : $"{scheme}://{text}";
        if (Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" && uri is { Port: > 0, PathAndQuery: "/" })
        {
            return uri;
        }

        given.Mistakes.Add(given.PlaceOf(name), "HOST:PORT or http://HOST:PORT", $"\"{text}\"", "leave out paths");
        return null;
    }

    private static void ReadFile(string file, string place, Mistakes mistakes, Dictionary<string, GivenValue> values)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(
                File.ReadAllText(file), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                if (Settings.All(option => option.Name != property.Name))
                {
                    string advice = Spelling.Advise(property.Name, Settings.Select(option => option.Name)) ?? "see distrec node --help";
                    mistakes.Add($"{file}: {property.Name}", "a setting of a node", "an unknown one", advice);
                    continue;
                }

                values.TryAdd(property.Name, new GivenValue(property.Value.ToString(), $"{file}: {property.Name}"));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            mistakes.Add(place, "a file with one JSON object", exception.Message, "see cluster-config for examples");
        }
    }
}
