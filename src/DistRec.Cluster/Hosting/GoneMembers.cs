using Akka.Actor;
using Akka.Cluster;

namespace DistRec.Cluster.Hosting;

/// <summary>What to do about a member whose connection broke.</summary>
internal abstract record GoneMemberStep(UniqueAddress Member)
{
    /// <summary>Open a connection to it after a while and report the result.</summary>
    public sealed record Probe(UniqueAddress Member, TimeSpan Delay) : GoneMemberStep(Member);

    /// <summary>Its process is gone: mark it as unreachable and as down.</summary>
    public sealed record Down(UniqueAddress Member) : GoneMemberStep(Member);
}

/// <summary>
/// Decides which members' processes are gone. A process is gone when its connection broke and its port refuses new ones, twice
/// with a pause between. A cut cable, a paused process or a host that vanished never refuses: they are left to the split
/// brain resolver and its safe time.
/// </summary>
/// <remarks>
/// A member is a host, a port and the uid of one actor system, and all that is decided is decided of that: a process that starts
/// anew at the same address is another member, which the connection that broke says nothing about. A listener is opened before a
/// node joins and closed when its actor system ends, so a member that merely starts or works never refuses. A firewall that
/// answers for a node with a reset looks like a process that is gone.
/// </remarks>
internal sealed class GoneMembers
{
    /// <summary>Refusals in a row by which a process is gone.</summary>
    private const int RefusalsOfGone = 2;

    /// <summary>Between the two refusals.</summary>
    private static readonly TimeSpan Confirmation = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// After a connection that was accepted or not answered: a process that dies may still accept, for a moment, one that gives
    /// back much memory for seconds.
    /// </summary>
    private static readonly TimeSpan[] Repeats =
        [.. new[] { 100, 300, 900, 2700, 8100 }.Select(milliseconds => TimeSpan.FromMilliseconds(milliseconds))];

    private readonly Dictionary<Address, UniqueAddress> _members = [];
    private readonly Dictionary<Address, Suspect> _suspects = [];

    /// <summary>A member has joined, perhaps at an address that was another's before, or has changed its status and stays.</summary>
    public void Joined(UniqueAddress member)
    {
        if (!_members.TryGetValue(member.Address, out UniqueAddress? known) || !known.Equals(member))
        {
            _members[member.Address] = member;
            _suspects.Remove(member.Address);
        }
    }

    /// <summary>It is down or was removed.</summary>
    public void Left(UniqueAddress member)
    {
        if (IsMember(member))
        {
            _members.Remove(member.Address);
            _suspects.Remove(member.Address);
        }
    }

    /// <summary>A connection to an address, which need not be a member's, broke or could not be made.</summary>
    /// <returns>What to do; null for nothing, also while the member is being probed.</returns>
    public GoneMemberStep? ConnectionBroke(Address address) =>
        _members.TryGetValue(address, out UniqueAddress? member) && _suspects.TryAdd(address, new Suspect(0, 0))
            ? new GoneMemberStep.Probe(member, TimeSpan.Zero)
            : null;

    /// <summary>A connection with an address was made, by either side.</summary>
    public void Connected(Address address) => _suspects.Remove(address);

    /// <summary>What a probe showed that an earlier step asked for.</summary>
    /// <returns>What to do; null for nothing, when the member is not suspected any more.</returns>
    public GoneMemberStep? Probed(UniqueAddress member, ProbeResult result)
    {
        if (!IsMember(member) || !_suspects.TryGetValue(member.Address, out Suspect suspect))
        {
            return null;
        }

        if (result == ProbeResult.Refused)
        {
            if (suspect.Refusals + 1 == RefusalsOfGone)
            {
                Left(member);
                return new GoneMemberStep.Down(member);
            }

            _suspects[member.Address] = suspect with { Refusals = suspect.Refusals + 1 };
            return new GoneMemberStep.Probe(member, Confirmation);
        }

        if (suspect.Repeats == Repeats.Length)
        {
            _suspects.Remove(member.Address);
            return null;
        }

        _suspects[member.Address] = new Suspect(0, suspect.Repeats + 1);
        return new GoneMemberStep.Probe(member, Repeats[suspect.Repeats]);
    }

    private bool IsMember(UniqueAddress member) =>
        _members.TryGetValue(member.Address, out UniqueAddress? known) && known.Equals(member);

    /// <param name="Refusals">In a row.</param>
    /// <param name="Repeats">How often it was asked again after an acceptance or no answer.</param>
    private readonly record struct Suspect(int Refusals, int Repeats);
}
