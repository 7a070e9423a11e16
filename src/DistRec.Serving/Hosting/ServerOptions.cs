using System.Net;
using System.Security.Cryptography;
using DistRec.Cluster.Hosting;
using DistRec.Cluster.Security;
using DistRec.Serving.Events;
using DistRec.Serving.Jobs;
using DistRec.Serving.Registry;
using DistRec.Training.Databases;
using DistRec.Training.Storage;

namespace DistRec.Serving.Hosting;

/// <summary>How a server is set up.</summary>
public sealed record ServerOptions
{
    /// <summary>The file in the data folder that models, events and keys are noted in, where no database is named.</summary>
    public const string DatabaseFile = "serving.db";

    /// <summary>Folder of what it keeps where nobody says otherwise.</summary>
    public const string DefaultDataFolder = "distrec-data";

    /// <summary>Where it listens where nobody says otherwise.</summary>
    public static readonly IPEndPoint DefaultListen = new(IPAddress.Loopback, 7500);

    /// <summary>Where it listens for HTTP; port 0 takes any that is free.</summary>
    public IPEndPoint Listen { get; init; } = DefaultListen;

    /// <summary>The certificate of the API; null for connections in the clear.</summary>
    public ApiTlsOptions? Tls { get; init; }

    /// <summary>Whether the API may be reached off the loopback without TLS: behind a proxy that ends it, or in a network that is trusted.</summary>
    public bool AllowPlaintext { get; init; }

    /// <summary>Requests a second of a key, or of an address where no keys are asked for; null for any number.</summary>
    public int? RequestsPerSecond { get; init; }

    /// <summary>Folder of what it keeps: models, events, keys, experiments.</summary>
    public string DataFolder { get; init; } = DefaultDataFolder;

    /// <summary>The node of a cluster that it is: by default one of its own, that does everything.</summary>
    public required ClusterNodeOptions Cluster { get; init; }

    /// <summary>Trains what the API is asked to train; null where it takes no jobs.</summary>
    public IJobSubmission? Jobs { get; init; }

    /// <summary>How many partitions users are dealt out among; fixed once events are stored.</summary>
    public int Partitions { get; init; } = UserPartitions.DefaultCount;

    /// <summary>How many ratings by users of a model an item that it does not know must have to be recommended, at least 1.</summary>
    public int NewItemRatings { get; init; } = 1;

    /// <summary>Whether <c>/bare</c> is answered, which looks at nothing: what a benchmark is compared with.</summary>
    public bool Bare { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Folder of a model that is registered, where it is not, and activated; null to answer by what is active.</summary>
    public string? ModelFolder { get; init; }

    /// <summary>Who starts the server, for the registry's history.</summary>
    public string StartedBy { get; init; } = Environment.UserName;

    /// <summary>Where models, events and keys are noted: a file, or <c>postgresql://…</c>, which servers of one cluster share; null for a file in the data folder.</summary>
    public string? Database { get; init; }

    /// <summary>Whether only this machine reaches the API.</summary>
    internal bool IsLocal => IPAddress.IsLoopback(Listen.Address);

    /// <summary>Requests without a valid key that an address may send at once.</summary>
    internal int Refusals { get; init; } = RequestLimits.DefaultRefusals;

    /// <summary>How long the body of a request may be slow before it has to come at the least rate.</summary>
    internal TimeSpan BodyGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The file or the database that is used.</summary>
    internal string DatabasePlace => PlaceOf(Database, DataFolder);

    /// <summary>
    /// Where the files of models are: a folder, or <c>s3://bucket/prefix</c>, which servers of one cluster share; null for a folder beside the database where that is a file, and in the
    /// data folder where it is none.
    /// </summary>
    public string? ModelStore { get; init; }

    /// <summary>Opens where the files of models are: beside the database where that is a file, so that servers that share one share the other.</summary>
    /// <exception cref="InputException">The store cannot be used.</exception>
    internal IModelFiles OpenModelFiles() => ModelStore switch
    {
        { } store when BlobStores.IsS3(store) => new BlobModelFiles(BlobStores.Open(store, option: "--model-store"), Path.Combine(DataFolder, "model-cache"), Time),
        { } folder => new FolderModelFiles(folder),
        null => new FolderModelFiles(
            Path.Combine(DatabaseSetting.IsFile(DatabasePlace) ? Path.GetDirectoryName(Path.GetFullPath(DatabasePlace))! : DataFolder, "models")),
    };

    /// <summary>The file or the database that a server of these options uses.</summary>
    public static string PlaceOf(string? database, string dataFolder) => database ?? Path.Combine(dataFolder, DatabaseFile);

    /// <summary>A node that is a cluster of its own on the loopback, and keeps what it does in a folder.</summary>
    /// <param name="dataFolder">The folder.</param>
    /// <param name="time">The clock.</param>
    public static ClusterNodeOptions Alone(string dataFolder, TimeProvider time) => new()
    {
        Roles = NodeRoles.All,
        Store = Path.Combine(dataFolder, "store"),
        Journal = Path.Combine(dataFolder, "jobs.db"),

        // Nobody else is to join it.
        Secret = new ClusterSecret(RandomNumberGenerator.GetBytes(32)),
        Time = time,
    };
}
