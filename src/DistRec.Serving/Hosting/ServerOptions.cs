using System.Net;
using DistRec.Serving.Events;

namespace DistRec.Serving.Hosting;

/// <summary>How a server is set up.</summary>
public sealed record ServerOptions
{
    /// <summary>Where it listens where nobody says otherwise.</summary>
    public static readonly IPEndPoint DefaultListen = new(IPAddress.Loopback, 7500);

    /// <summary>Where it listens for HTTP; port 0 takes any that is free.</summary>
    public IPEndPoint Listen { get; init; } = DefaultListen;

    /// <summary>Folder of what it keeps: models, events, keys, experiments.</summary>
    public string DataFolder { get; init; } = "distrec-data";

    /// <summary>How many partitions users are dealt out among; fixed once events are stored.</summary>
    public int Partitions { get; init; } = UserPartitions.DefaultCount;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
