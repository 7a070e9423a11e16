using System.Runtime.InteropServices;
using DistRec.Evaluation.Bandits.Comparison;
using DistRec.Serving.Events;

namespace DistRec.Serving.Experiments;

/// <summary>
/// Counts an experiment's events, in the order of the log. The unit is an answer: a list is drawn, shown and judged as one, and its items are no
/// draws of their own. An answer counts once when an event names it, whichever comes first (a click shows that its answer was shown), and has at
/// most one click, view and conversion. So counts depend on which events the log holds, and not on their order or on how often they came.
/// </summary>
/// <remarks>
/// The sequential test observes each user once, by its first answer, since its arm is drawn once; in the order of those answers in the log, when
/// the time for their goals has run out. What it has come to is kept with the number of the last answer, and so goes on elsewhere with the same
/// bits; counts are made anew from the log. About 40 bytes an answer, and 20 a user, are held for as long as the experiment goes on.
/// </remarks>
internal sealed class ExperimentTally
{
    private readonly ExperimentDefinition _definition;
    private readonly Dictionary<ulong, Answer> _answers = [];
    private readonly HashSet<ulong> _users = [];
    private readonly ArmFigures[] _arms;
    private readonly CanaryTest? _test;
    private readonly double _otherShare;
    private readonly Queue<FirstAnswer> _waiting = new();
    private readonly Dictionary<ulong, FirstAnswer> _waitingByAnswer = [];
    private long _observed;

    /// <param name="definition">The experiment.</param>
    /// <param name="kept">What the sequential test had come to.</param>
    public ExperimentTally(ExperimentDefinition definition, TestFigures? kept = null)
    {
        _definition = definition;
        _arms = [.. ExperimentFigures.None(definition).Arms];
        if (definition.IsTested)
        {
            _test = new CanaryTest(ExperimentRules.TestOf(definition), kept?.ToEvidence());
            _observed = kept?.Observed ?? 0;
            _otherShare = ExperimentRules.WeightsOf(definition).Propensities(new Evaluation.Bandits.ArmStatistics[2])[1 - definition.ControlIndex];
        }
    }

    /// <summary>Number of the last event that was counted.</summary>
    public long Position { get; private set; }

    /// <summary>What was counted so far.</summary>
    public ExperimentFigures Figures => new()
    {
        Arms = [.. _arms],
        Position = Position,
        Test = _test is null ? null : TestFigures.Of(_test.Keep(), _observed),
    };

    /// <summary>Counts the log's next event of the experiment.</summary>
    public void Add(ServingEvent @event)
    {
        Position = @event.Sequence;
        int arm = _definition.IndexOf(@event.Arm);
        if (@event.Answer is null || arm < 0 || @event.Kind == EventKind.Rating)
        {
            return;
        }

        ulong id = IdHash.Of(@event.Answer);
        ref Answer answer = ref CollectionsMarshal.GetValueRefOrAddDefault(_answers, id, out bool isKnown);
        if (!isKnown)
        {
            answer.Arm = (byte)arm;
            _arms[arm] = _arms[arm] with { Impressions = _arms[arm].Impressions + 1 };
            AddUser(@event, arm, id);
        }

        Seen kind = KindOf(@event.Kind);
        if ((answer.Seen & kind) == 0)
        {
            answer.Seen |= kind;
            Count(answer.Arm, kind);
        }

        if (kind == GoalOf(_definition.Goal) && _waitingByAnswer.TryGetValue(id, out FirstAnswer? first) && @event.Time <= first.Due)
        {
            first.HasGoal = true;
        }
    }

    /// <summary>Has the sequential test observe the answers whose time has run out.</summary>
    /// <param name="now">The time.</param>
    public void Observe(DateTimeOffset now)
    {
        while (_waiting.TryPeek(out FirstAnswer? first) && first.Due <= now)
        {
            _waiting.Dequeue();
            _waitingByAnswer.Remove(first.Answer);
            _test!.Observe(first.Arm != _definition.ControlIndex, first.HasGoal ? 1 : 0, _otherShare);
            _observed = first.Sequence;
        }
    }

    private void AddUser(ServingEvent @event, int arm, ulong answer)
    {
        if (!_users.Add(IdHash.Of(@event.User)))
        {
            return;
        }

        _arms[arm] = _arms[arm] with { Users = _arms[arm].Users + 1 };
        if (_test is not null && @event.Sequence > _observed)
        {
            FirstAnswer first = new(@event.Sequence, answer, arm, @event.Time.AddSeconds(_definition.WindowSeconds));
            _waiting.Enqueue(first);
            _waitingByAnswer[answer] = first;
        }
    }

    private void Count(int arm, Seen kind)
    {
        ArmFigures figures = _arms[arm];
        _arms[arm] = kind switch
        {
            Seen.Clicked => figures with { Clicks = figures.Clicks + 1 },
            Seen.Viewed => figures with { Views = figures.Views + 1 },
            Seen.Converted => figures with { Conversions = figures.Conversions + 1 },
            _ => figures,
        };
    }

    private static Seen KindOf(EventKind kind) => kind switch
    {
        EventKind.Click => Seen.Clicked,
        EventKind.View => Seen.Viewed,
        EventKind.Conversion => Seen.Converted,
        _ => Seen.Shown,
    };

    private static Seen GoalOf(ExperimentGoal goal) => goal switch
    {
        ExperimentGoal.View => Seen.Viewed,
        ExperimentGoal.Conversion => Seen.Converted,
        _ => Seen.Clicked,
    };

    [Flags]
    private enum Seen : byte
    {
        Shown = 1,
        Clicked = 2,
        Viewed = 4,
        Converted = 8,
    }

    private struct Answer
    {
        public byte Arm;
        public Seen Seen;
    }

    /// <summary>A user's first answer, until the time for its goal has run out.</summary>
    private sealed class FirstAnswer(long sequence, ulong answer, int arm, DateTimeOffset due)
    {
        public long Sequence { get; } = sequence;

        public ulong Answer { get; } = answer;

        public int Arm { get; } = arm;

        public DateTimeOffset Due { get; } = due;

        public bool HasGoal { get; set; }
    }
}
