using System.Net;

namespace DistRec.Cluster.Client;

/// <summary>A call to a cluster did not succeed. The message names the cluster's address, what was found and what to do.</summary>
public abstract class ClusterException(string message, Exception? innerException) : Exception(message, innerException)
{
    /// <summary>Whether the same call may succeed in a while, as when the coordinator is started again.</summary>
    public abstract bool IsTransient { get; }
}

/// <summary>Nothing answers at the cluster's address, or nothing that could.</summary>
public sealed class ClusterUnreachableException(string message, Exception? innerException = null)
    : ClusterException(message, innerException)
{
    /// <inheritdoc/>
    public override bool IsTransient => true;
}

/// <summary>The cluster refused a call: the secret is wrong, there is no such job, it has ended already, and so on.</summary>
public sealed class ClusterRefusedException(string message, HttpStatusCode status) : ClusterException(message, null)
{
    /// <summary>The status of the answer.</summary>
    public HttpStatusCode Status => status;

    /// <inheritdoc/>
    public override bool IsTransient => false;
}

/// <summary>Client and cluster do not trust each other's certificates, or one of them speaks no TLS.</summary>
public sealed class ClusterUntrustedException(string message, Exception? innerException = null) : ClusterException(message, innerException)
{
    /// <inheritdoc/>
    public override bool IsTransient => false;
}

/// <summary>The cluster gave an answer that such a cluster does not give.</summary>
public sealed class ClusterAnswerException(string message, Exception? innerException = null) : ClusterException(message, innerException)
{
    /// <inheritdoc/>
    public override bool IsTransient => false;
}

/// <summary>A cluster that answered before has not answered for as long as it was waited for.</summary>
public sealed class ClusterLostException(string message, Exception innerException) : ClusterException(message, innerException)
{
    /// <inheritdoc/>
    public override bool IsTransient => false;
}
