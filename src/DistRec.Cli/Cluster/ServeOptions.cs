using System.Net;
using DistRec.Cluster.Hosting;
using DistRec.Cluster.Security;
using DistRec.Serving.Hosting;
using DistRec.Serving.Stores;

namespace DistRec.Cli.Cluster;

/// <summary>
/// A server's settings: on the command line, or in the environment as DISTREC_SERVE_NAME. The node of a cluster that a server is takes those that
/// <c>node</c> takes.
/// </summary>
internal static class ServeOptions
{
    /// <summary>Of the variables.</summary>
    public const string VariablePrefix = "DISTREC_SERVE_";

    private const int MaximumRate = 1_000_000;

    /// <summary>Where a server keeps what it keeps.</summary>
    public static IReadOnlyList<OptionDefinition> Places { get; } =
    [
        new("data-dir", "DIR", $"Folder of what the server keeps [{ServerOptions.DefaultDataFolder}]"),
        new("database", "PLACE", "Where models, events and keys are noted: a file, or postgresql://…, which servers of one cluster share [a file in --data-dir; none with --join]"),
    ];

    public static IReadOnlyList<OptionDefinition> All { get; } =
    [
        new("model", "DIR", "Folder of a model that answers from the start [none]"),
        .. Places,
        new("model-store", "PLACE", "Where the files of models are: a folder, or s3://bucket/prefix, which servers of one cluster share [beside a --database that is a file; in --data-dir]"),
        new("data-root", "DIR", "Folder that jobs read their data from; nothing outside of it is read [the working folder]"),
        new("new-item-ratings", "N", "Ratings by users of the model that an item which came after training must have to be recommended [1]"),
        new("listen", "HOST:PORT", $"Where the server listens; off the loopback it asks for keys, which distrec keys makes [{ServerOptions.DefaultListen}]"),
        .. TlsReader.OfApi,
        new("api-allow-plaintext", null, "Allow --listen off the loopback without TLS: behind a proxy that ends it, or in a network that is trusted"),
        new("rate-limit", "N", "Requests a second with one key, or from one address where no keys are asked for; twice as many at once [no limit]"),
        new("threads", "N", "Threads that train, and that read the data of jobs [as many as cores]"),
        new("join", "HOST:PORT", "Coordinators of the cluster to serve in, separated by commas [a cluster of its own]"),
        new("role", "ROLES", "predictor, and coordinator or worker with commas: what the server is in its cluster [all of them; predictor with --join]"),
        new("advertise", "URL", "How other nodes reach this one: it listens at that port, and Akka.NET at the port after it [from this machine alone]"),
        SecretReader.Option,
        .. TlsReader.OfNode,
        new("allow-plaintext", null, "Allow connections between nodes in the clear off the loopback, in a network that is trusted; not those to the API"),
    ];

    /// <summary>Adds what the environment says to what was typed.</summary>
    public static GivenOptions Gather(GivenOptions given, CliHost host) => VariableOptions.Add(given, All, VariablePrefix, host);

    /// <summary>Reads the settings.</summary>
    public static ServerOptions Read(GivenOptions given, CliHost host)
    {
        string folder = FolderOf(given);
        IPEndPoint listen = ReadListen(given);
        ApiTlsOptions? tls = TlsReader.ReadApi(given);
        bool allowsPlaintext = given.Flag("api-allow-plaintext");
        if (!IPAddress.IsLoopback(listen.Address) && tls is null && !allowsPlaintext)
        {
            given.Mistakes.Add(
                given.PlaceOf("listen"), "TLS off the loopback", "connections in the clear",
                "give --api-tls-certificate and --api-tls-key, or --api-allow-plaintext behind a proxy that ends TLS");
        }

        string root = given.Text("data-root") ?? ".";
        if (!Directory.Exists(root))
        {
            given.Mistakes.Add(given.PlaceOf("data-root"), "a folder", $"none at {GivenOptions.Quote(root)}", "check the path");
        }

        if (given.Has("join") && !given.Has("database"))
        {
            given.Mistakes.Add(
                "--database", "the database that the servers of the cluster share, since users move from one to another with what they rated", "nothing",
                "give postgresql://…, or the same file to servers of one machine");
        }

        if (given.Has("join") && given.Text("database") is { } database && !ServerDatabase.IsFile(database) && !given.Has("model-store"))
        {
            given.Mistakes.Add(
                "--model-store", "where the servers of the cluster share the files of models, which are in no database", "nothing", "give s3://bucket/prefix, or a folder that they share");
        }

        ClusterNodeOptions cluster = ReadNode(given, folder, host);
        return new ServerOptions
        {
            Listen = listen,
            Tls = tls,
            AllowPlaintext = allowsPlaintext,
            RequestsPerSecond = given.Has("rate-limit") ? given.Integer("rate-limit", 1, 1, "leave it out for no limit", MaximumRate) : null,
            DataFolder = folder,
            Database = given.Text("database"),
            ModelStore = given.Text("model-store"),
            NewItemRatings = given.Integer("new-item-ratings", 1, 1, "1 recommends an item that anybody has rated"),
            Cluster = cluster,
            Jobs = new JobSubmission(new DataRoot(root), host with { Cores = cluster.Threads }),
            Time = host.Time,
        };
    }

    /// <summary>Where a server listens.</summary>
    public static IPEndPoint ReadListen(GivenOptions given)
    {
        if (given.Text("listen") is not { } text)
        {
            return ServerOptions.DefaultListen;
        }

        if (IPEndPoint.TryParse(text, out IPEndPoint? listen))
        {
            return listen;
        }

        given.Mistakes.Add(given.PlaceOf("listen"), "an address and a port", GivenOptions.Quote(text), "write 127.0.0.1:7500");
        return ServerOptions.DefaultListen;
    }

    /// <summary>Folder of what a server keeps.</summary>
    public static string FolderOf(GivenOptions given) => given.Text("data-dir") ?? ServerOptions.DefaultDataFolder;

    private static ClusterNodeOptions ReadNode(GivenOptions given, string folder, CliHost host)
    {
        string[] roles = ReadRoles(given);
        Dictionary<string, GivenValue> values = given.Values.ToDictionary(StringComparer.Ordinal);
        values["listen"] = new GivenValue(ListenOf(given), given.PlaceOf("advertise"));
        ClusterNodeOptions node = NodeOptions.Read(new GivenOptions(values, given.Mistakes), host, roles);
        if (node.Advertise is null && node.Join.FirstOrDefault(coordinator => !IsHere(coordinator.Host)) is { } other)
        {
            given.Mistakes.Add(
                "--advertise", $"how other nodes reach this one, since a coordinator is at {other.Host}", "nothing", "give http://HOST:PORT of this machine, with a port that is free");
        }

        ClusterNodeOptions alone = ServerOptions.Alone(folder, host.Time);
        bool isReached = node.Join.Count > 0 || node.Advertise is not null;
        return node with { Store = alone.Store, Journal = alone.Journal, Secret = node.Secret ?? (isReached ? null : alone.Secret) };
    }

    private static string[] ReadRoles(GivenOptions given)
    {
        bool joins = given.Has("join");
        if (given.Text("role") is not { } text)
        {
            return joins ? [NodeRoles.Predictor] : [.. NodeRoles.All];
        }

        string[] roles = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (!roles.Contains(NodeRoles.Predictor) || roles.Except(NodeRoles.All).Any() || roles.Distinct().Count() != roles.Length)
        {
            given.Mistakes.Add(given.PlaceOf("role"), "predictor, alone or with coordinator and worker after commas", GivenOptions.Quote(text), "a server answers, whatever else it does");
            return [];
        }

        if (joins && roles.Contains(NodeRoles.Coordinator))
        {
            given.Mistakes.Add(
                given.PlaceOf("role"), "no coordinator beside --join", GivenOptions.Quote(text), "a server's queue is its own: start further coordinators with distrec node");
        }

        return roles;
    }

    // The port that others are told of, at the address that they are told of where it is one of this machine's.
    private static string ListenOf(GivenOptions given)
    {
        if (NodeOptions.ReadAddress(given, "advertise", Uri.UriSchemeHttp) is not { } advertise)
        {
            return "127.0.0.1:0";
        }

        return advertise.IsLoopback ? $"127.0.0.1:{advertise.Port}"
            : IPAddress.TryParse(advertise.Host, out IPAddress? address) ? $"{new IPEndPoint(address, advertise.Port)}"
            : $"*:{advertise.Port}";
    }

    private static bool IsHere(string host) => host == "localhost" || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));
}
