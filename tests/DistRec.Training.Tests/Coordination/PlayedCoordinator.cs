using Google.Protobuf;

namespace DistRec.Training.Tests.Coordination;

/// <summary>A <see cref="CoordinatorState"/> and everything around it: its partitions, the keeper of its events, and a clock.</summary>
internal sealed class PlayedCoordinator
{
    private readonly CoordinatorState _state;
    private readonly bool _writes;
    private readonly HashSet<PartitionId> _commanded = [];

    /// <param name="spec">The job.</param>
    /// <param name="start">Where it goes on.</param>
    /// <param name="writes">Whether every event is written at once; otherwise the test does it.</param>
    public PlayedCoordinator(JobSpec spec, JobStart? start = null, bool writes = true)
    {
        _state = new CoordinatorState(spec, start ?? new JobStart(), "here");
        _writes = writes;
        Last = Carry(_state.Begin(Now));
    }

    public TimeSpan Now { get; set; }

    /// <summary>What the last message led to.</summary>
    public IReadOnlyList<CoordinatorEffect> Last { get; private set; }

    /// <summary>The round that was commanded last.</summary>
    public RunRound Command { get; private set; } = new();

    /// <summary>All events in the order in which they were to be written.</summary>
    public List<JobEvent> Events { get; } = [];

    /// <summary>The states that were entered.</summary>
    public IEnumerable<JobState> States => Events.Where(jobEvent => jobEvent.State is not null).Select(jobEvent => jobEvent.State.State);

    public StateChanged? End => Last.OfType<CoordinatorEffect.End>().SingleOrDefault()?.State;

    /// <summary>What was sent, whichever sending it was.</summary>
    public IReadOnlyList<CoordinatorEffect.Send> Sent =>
        [.. Last.OfType<CoordinatorEffect.Send>().Select(send => send with { Message = WithoutSending(send.Message) })];

    public IReadOnlyList<CoordinatorEffect> Tell(object message) => Last = Carry(_state.Handle(message, Now));

    /// <summary>The report of a partition that did its part of the current round.</summary>
    public RoundReport ReportOf(PartitionId who, ulong incarnation = 0) => new()
    {
        Job = Command.Job, Round = Command.Round, Partition = PartitionName.Of(who), Endpoint = EndpointOf(who),
        Incarnation = incarnation > 0 ? incarnation : IncarnationOf(who),
    };

    /// <summary>Everyone whom the current round was commanded to reports.</summary>
    public void ReportAll()
    {
        List<CoordinatorEffect> all = [];
        foreach (PartitionId who in _commanded.ToArray())
        {
            all.AddRange(Tell(ReportOf(who)));
        }

        Last = all;
    }

    /// <summary>Goes on until a round is commanded.</summary>
    public void RunTo(RoundKind kind, int epoch = 0)
    {
        for (int rounds = 0; Command.Kind != kind || Command.Epoch != epoch; rounds++)
        {
            rounds.ShouldBeLessThan(100, $"no round {kind} of epoch {epoch} came");
            ReportAll();
        }
    }

    public static ulong IncarnationOf(PartitionId who) => (who.Side == Side.User ? 1_000UL : 2_000UL) + (ulong)who.Index;

    public static string EndpointOf(PartitionId who) => $"node of {who}";

    /// <summary>A partition says how far it is with the current round.</summary>
    public RoundProgress ProgressOf(PartitionId who, double fraction = 0) => new()
    {
        Job = Command.Job, Round = Command.Round, Partition = PartitionName.Of(who), Incarnation = IncarnationOf(who), Fraction = fraction,
    };

    private static IMessage WithoutSending(IMessage message) => message switch
    {
        RunRound command => new RunRound(command) { Sending = 0 },
        Ping ping => new Ping(ping) { Sending = 0 },
        _ => message,
    };

    private List<CoordinatorEffect> Carry(IReadOnlyList<CoordinatorEffect> effects)
    {
        List<CoordinatorEffect> all = [];
        foreach (CoordinatorEffect effect in effects)
        {
            all.Add(effect);
            if (effect is CoordinatorEffect.Send { Message: RunRound command } send)
            {
                if (command.Round != Command.Round)
                {
                    _commanded.Clear();
                    Command = (RunRound)WithoutSending(command);
                }

                _commanded.Add(send.To);
            }
            else if (effect is CoordinatorEffect.Write write)
            {
                Events.Add(write.Event);
                if (_writes)
                {
                    all.AddRange(Carry(_state.Handle(new EventWritten(write.Event), Now)));
                }
            }
        }

        return all;
    }
}
