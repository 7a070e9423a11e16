namespace DistRec.Cli.Protocols;

/// <summary>
/// Shows a training that is one of several: how far it is, under its name, and each note once. Of its epochs no line stays.
/// </summary>
/// <param name="stages">Where it is shown.</param>
/// <param name="told">Notes that were told, of others beside it too; null for none.</param>
internal sealed class TrialView(IStageView stages, HashSet<string>? told = null) : IStageView
{
    private readonly HashSet<string> _told = told ?? [];

    /// <summary>Which of them it is, such as <c>fold 2/5</c>.</summary>
    public string Name { get; set; } = "";

    public void Show(string stage, double fraction, string detail) => stages.Show($"{Name}: {stage}", fraction, detail);

    public void Say(string line)
    {
        lock (_told)
        {
            if (line.StartsWith("note: ", StringComparison.Ordinal) && _told.Add(line))
            {
                stages.Say(line);
            }
        }
    }
}

/// <summary>Shows trainings side by side as one stage: how many of them are done, and what those do that are not.</summary>
/// <param name="stages">Where they are shown.</param>
/// <param name="stage">What they are together.</param>
/// <param name="count">How many there are.</param>
internal sealed class SideBySideView(IStageView stages, string stage, int count)
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, (double Fraction, string Words)> _running = [];
    private int _done;

    /// <summary>Where one of them is shown.</summary>
    /// <param name="place">Its place among them.</param>
    public IStageView Of(int place) => new One(this, place);

    /// <summary>One of them is done.</summary>
    public void End(int place)
    {
        lock (_gate)
        {
            _running.Remove(place);
            _done++;
            Show();
        }
    }

    private void Show(int place, string words, double fraction)
    {
        lock (_gate)
        {
            _running[place] = (Math.Clamp(fraction, 0, 1), $"{words} {fraction:0%}");
            Show();
        }
    }

    private void Show() => stages.Show(
        stage,
        (_done + _running.Values.Sum(one => one.Fraction)) / count,
        string.Join(", ", _running.Values.Select(one => one.Words).Prepend($"{_done} done")));

    private sealed class One(SideBySideView all, int place) : IStageView
    {
        public void Show(string stage, double fraction, string detail) => all.Show(place, stage, fraction);

        public void Say(string line) => all.Say(line);
    }

    private void Say(string line) => stages.Say(line);
}
