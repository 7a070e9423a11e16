namespace DistRec.Cli.Protocols;

/// <summary>
/// Shows a training that is one of several: how far it is, under its name, and each note once. Of its epochs no line stays.
/// </summary>
internal sealed class TrialView(IStageView stages) : IStageView
{
    private readonly HashSet<string> _told = [];

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
