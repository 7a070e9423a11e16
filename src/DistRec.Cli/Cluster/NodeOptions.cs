using System.Net;
using System.Text.Json;
using DistRec.Actors.Cluster;
using DistRec.Actors.Cluster.Security;
using DistRec.Cli.Arguments;
using DistRec.Data;
using DistRec.Node.Hosting;

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
        new("role", "ROLE", "seed: keeps the cluster together, one of it; worker: trains"),
        new("engine", "ENGINE", "standalone: one seed, nothing to install; akka: Akka.NET, several seeds; default standalone"),
        new("listen", "HOST:PORT", "Where the node listens; default 127.0.0.1:7400, on a worker any free port"),
        new("advertise", "URL", "How other nodes reach it; default the address it listens on, or the host's name where it listens on all"),
        new("join", "HOST:PORT", "Where the seed is; for workers. With --engine akka the --akka-listen of all seeds, separated by commas"),
        new("akka-config", "FILES", "HOCON for --engine akka, such as cluster-config/akka-worker.conf; separated by commas, what a later one says counts"),
        new("akka-listen", "HOST:PORT", "Where Akka.NET's own connections come in; default what the files say, else 127.0.0.1:7401, on a worker any free port"),
        new("id", "NAME", "The node's name, the same when it starts again; default its advertised host and port"),
        new("threads", "N", "Threads that train on it; default all cores"),
        new("store", "PLACE", "For the seed: a folder or s3://bucket/prefix for jobs' data, snapshots and models; default distrec-store"),
        new("journal", "PLACE", "For the seed: a file or postgresql://… for the queue of jobs; default distrec-jobs.db"),
        SecretReader.Option,
        .. TlsReader.OfNode,
        new("allow-plaintext", null, "Allow connections in the clear off the loopback, in a network that is trusted"),
        new("heartbeat-ms", "MS", "How often nodes give a sign of life; default 500"),
        new("detection-ms", "MS", "A node that is silent for so long counts as lost; default 5000"),
        new("log", "FORM", "text or json; default text"),
        new("log-level", "LEVEL", "information, debug (a line a round) or warning; default information"),
    ];

    /// <summary>Adds what environment and file say to what was typed.</summary>
    public static GivenOptions Gather(GivenOptions given, CliHost host)
    {
        Dictionary<string, GivenValue> values = [];
        if (given.Text(Config.Name) is { } file)
        {
            ReadFile(file, given.PlaceOf(Config.Name), given.Mistakes, values);
        }

        foreach (OptionDefinition option in Settings)
        {
            string variable = VariablePrefix + option.Name.Replace('-', '_').ToUpperInvariant();
            if (host.Variable(variable) is { Length: > 0 } text)
            {
                values[option.Name] = new GivenValue(text, variable);
            }
        }

        foreach ((string name, GivenValue value) in given.Values)
        {
            values[name] = value;
        }

        return new GivenOptions(values, given.Mistakes);
    }

    /// <summary>Reads the settings.</summary>
    public static TrainingNodeOptions Read(GivenOptions given, CliHost host)
    {
        string role = given.Required("role", "seed or worker", "a cluster has one seed and any number of workers");
        bool isSeed = role == StandaloneOptions.SeedRole;
        if (role is not ("" or StandaloneOptions.SeedRole or StandaloneOptions.WorkerRole))
        {
            given.Mistakes.Add(given.PlaceOf("role"), "seed or worker", $"\"{role}\"", "give one of the two");
        }

        NodeEngine engine = AkkaOptions.ReadEngine(given);
        bool isAkka = engine == NodeEngine.Akka;
        if (role == StandaloneOptions.WorkerRole && !isAkka && !given.Has("join"))
        {
            given.Mistakes.Add("--join", "the seed's HOST:PORT", "nothing", "a worker joins a seed");
        }

        TlsOptions? tls = TlsReader.Read(given);
        string scheme = tls is null ? "http" : "https";
        IPEndPoint listen = ReadListen(given, isSeed);
        Uri? advertise = ReadAddress(given, "advertise", scheme);
        if (advertise is null && (listen.Address.Equals(IPAddress.Any) || listen.Address.Equals(IPAddress.IPv6Any)))
        {
            advertise = new Uri($"{scheme}://{Dns.GetHostName()}:{listen.Port}/");
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

        return new TrainingNodeOptions
        {
            Role = role,
            Engine = engine,
            Id = given.Text("id") ?? "",
            Listen = listen,
            Advertise = advertise,
            Join = isAkka ? null : ReadAddress(given, "join", scheme),
            AkkaFiles = AkkaOptions.ReadFiles(given),
            AkkaListen = given.Has("akka-listen") ? ReadListen(given, "akka-listen", 0) : null,
            AkkaSeeds = isAkka ? AkkaOptions.ReadSeeds(given) : [],
            Threads = given.Integer("threads", host.Cores, 1, "give the cores that this node may use", 1024),
            Store = given.Text("store") ?? "distrec-store",
            Journal = given.Text("journal") ?? "distrec-jobs.db",
            Secret = secret,
            Tls = tls,
            AllowPlaintext = given.Flag("allow-plaintext"),
            Heartbeat = TimeSpan.FromMilliseconds(given.Integer("heartbeat-ms", 500, 10, "500 is usual", 60_000)),
            Detection = TimeSpan.FromMilliseconds(given.Integer("detection-ms", 5000, 50, "ten times the heartbeat is usual", 600_000)),
            Time = host.Time,
        };
    }

    internal static IPEndPoint ReadListen(GivenOptions given, bool isSeed) => ReadListen(given, "listen", isSeed ? 7400 : 0);

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

                values[property.Name] = new GivenValue(property.Value.ToString(), $"{file}: {property.Name}");
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            mistakes.Add(place, "a file with one JSON object", exception.Message, "see cluster-config for examples");
        }
    }
}
