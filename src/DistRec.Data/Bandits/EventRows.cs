using System.Runtime.InteropServices;
using System.Text;

namespace DistRec.Data;

/// <summary>
/// Lines that are an event each. The unit is the answer, which has one arm however many of its items are shown, and at most one reward; an
/// event of any kind shows that its answer was given. Ratings, and events outside of experiments, are left out.
/// </summary>
/// <param name="header">The columns.</param>
/// <param name="name">The file, for messages.</param>
/// <param name="options">How the lines are read.</param>
internal sealed class EventRows(BanditHeader header, string name, BanditReadOptions options) : IBanditRows
{
    private static readonly string[] Kinds = ["impression", "click", "view", "conversion", "rating"];

    private readonly int _kind = header.Require(name, "kind");
    private readonly int _answer = header.Require(name, "answer");
    private readonly int _arm = header.Require(name, "arm");
    private readonly int _propensity = header.Require(name, "propensity");
    private readonly int _experiment = header.Find("experiment");
    private readonly Dictionary<string, Answer> _answers = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];
    private readonly HashSet<string> _experiments = new(StringComparer.Ordinal);
    private readonly IdTable _arms = new();
    private long _leftOut;

    public LineError? Add(ReadOnlySpan<byte> line, ReadOnlySpan<Range> fields)
    {
        string kind = Text(line, fields, _kind), answer = Text(line, fields, _answer), experiment = Text(line, fields, _experiment);
        ReadOnlySpan<byte> arm = FieldSplitter.Unquote(line[fields[_arm]]);
        if (!Kinds.Contains(kind))
        {
            return new LineError(0, $"one of {string.Join(", ", Kinds)} as kind", $"\"{kind}\"", "correct it");
        }

        if (options.Context is { Count: > 0 })
        {
            throw InputException.At(
                $"{name}:1", "no context, for experiments have none in their events", string.Join(",", options.Context), "leave it out");
        }

        if (kind == "rating" || answer.Length == 0 || arm.IsEmpty || (options.Experiment is { } wanted && experiment != wanted))
        {
            _leftOut++;
            return null;
        }

        LineError? error = BanditHeader.ReadPropensity(FieldSplitter.Unquote(line[fields[_propensity]]), out double propensity);
        if ((BanditHeader.WrongId("an arm", arm) ?? error) is { } wrong)
        {
            return wrong;
        }

        _experiments.Add(experiment);
        int index = _arms.GetOrAdd(arm);
        ref Answer known = ref CollectionsMarshal.GetValueRefOrAddDefault(_answers, answer, out bool isKnown);
        if (!isKnown)
        {
            _order.Add(answer);
            known = new Answer { Arm = index, Propensity = propensity };
        }
        else if (known.Arm != index || known.Propensity != propensity)
        {
            return new LineError(
                0, $"arm and propensity of the answer's events before it, {_arms.Format(known.Arm)} and {known.Propensity:R}",
                $"{_arms.Format(index)} and {propensity:R}", "give each answer an id of its own");
        }

        known.HasGoal |= kind == options.Goal;
        return null;
    }

    public BanditLog ToLog(string path, string file)
    {
        if (_experiments.Count > 1)
        {
            throw InputException.At(
                file,
                "events of one experiment",
                string.Join(", ", _experiments.Order(StringComparer.Ordinal)),
                "name the one to look at");
        }

        if (_order.Count == 0)
        {
            throw InputException.At(
                file, options.Experiment is { } wanted ? $"answers of the experiment {wanted}" : "answers of an experiment", "none",
                "export events that name their answers");
        }

        return new BanditLog
        {
            Name = path,
            Arms = [.. Enumerable.Range(0, _arms.Count).Select(_arms.Format)],
            Contexts = [""],
            Chosen = [.. _order.Select(answer => _answers[answer].Arm)],
            ContextOf = new int[_order.Count],
            Rewards = [.. _order.Select(answer => _answers[answer].HasGoal ? 1.0 : 0)],
            Propensities = [.. _order.Select(answer => _answers[answer].Propensity)],
            Notes = _leftOut == 0 ? [] : [$"{_leftOut:N0} events that are ratings, or of no arm of the experiment, are left out"],
        };
    }

    private static string Text(ReadOnlySpan<byte> line, ReadOnlySpan<Range> fields, int column) =>
        column < 0 ? "" : Encoding.UTF8.GetString(FieldSplitter.Unquote(line[fields[column]]));

    private struct Answer
    {
        public int Arm;
        public double Propensity;
        public bool HasGoal;
    }
}
