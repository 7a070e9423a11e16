using DistRec.Actors.Cluster.Standalone.Protocol;

namespace DistRec.Actors.Cluster.Standalone;

/// <summary>One direction of a control connection. Frames arrive once and in order, or the incarnation ends.</summary>
internal interface IFrameSink
{
    /// <summary>Never waits; the frame belongs to the sink from here on.</summary>
    void Send(Frame frame);
}
