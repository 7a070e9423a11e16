using DistRec.Cluster.Security;

namespace DistRec.Cluster.Client;

/// <summary>How a <see cref="ClusterClient"/> reaches its cluster.</summary>
public sealed record ClusterClientOptions
{
    /// <summary>How long a connection may take to come about.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an answer may take where the cluster need not wait for anything.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the cluster may hold back its answer until there is news of a job.</summary>
    public TimeSpan NewsTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a block may stand still on its way: a frozen peer's connection stays open and says nothing.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>For a cluster under TLS: what to show, and whom to trust; null shows nothing and trusts whom the system trusts.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>Changes the connections' handler before its first use.</summary>
    public Action<SocketsHttpHandler>? ConfigureHandler { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
