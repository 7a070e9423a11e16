using DistRec.Actors.Cluster.Standalone.Protocol;

namespace DistRec.Actors.Cluster.Standalone;

/// <summary>
/// What waits at the seed for an actor that is nowhere: first what its last host sent back, which is older, then what
/// has come since.
/// </summary>
internal sealed class HeldFrames
{
    private readonly List<(Frame Frame, TimeSpan Since)> _returned = [];
    private readonly List<(Frame Frame, TimeSpan Since)> _new = [];

    public void Return(Frame frame, TimeSpan now) => _returned.Add((frame, now));

    public void Add(Frame frame, TimeSpan now) => _new.Add((frame, now));

    /// <summary>In the order in which they were sent.</summary>
    public IEnumerable<Frame> InOrder() => _returned.Concat(_new).Select(held => held.Frame);

    /// <summary>Takes a message back; false when it is not here.</summary>
    public bool Withdraw(Withdraw withdraw)
    {
        bool IsIt((Frame Frame, TimeSpan Since) held) =>
            held.Frame.Deliver is { } deliver && deliver.Origin == withdraw.Origin && deliver.Correlation == withdraw.Correlation;
        return _returned.RemoveAll(IsIt) + _new.RemoveAll(IsIt) > 0;
    }

    /// <summary>Takes out the messages, not the requests, that have waited as long as they may.</summary>
    public List<Deliver> Expire(TimeSpan now)
    {
        List<Deliver> expired = [];
        bool IsOver((Frame Frame, TimeSpan Since) held)
        {
            if (held.Frame.Deliver is not { IsAsk: false, IsAccepted: false } deliver || now - held.Since < TimeSpan.FromTicks(deliver.RoomWaitTicks))
            {
                return false;
            }

            expired.Add(deliver);
            return true;
        }

        _returned.RemoveAll(IsOver);
        _new.RemoveAll(IsOver);
        return expired;
    }
}
