namespace DistRec.Cli.Output;

/// <summary>Progress for logs: a line when a stage begins, and a line at most every ten seconds while it lasts.</summary>
internal sealed class PlainView(TextWriter writer, TimeProvider time) : IStageView
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private string _stage = "";
    private long _last;

    public void Show(string stage, double fraction, string detail)
    {
        lock (_lock)
        {
            if (stage == _stage && time.GetElapsedTime(_last) < Interval)
            {
                return;
            }

            bool isNew = stage != _stage;
            _stage = stage;
            _last = time.GetTimestamp();
            writer.WriteLine(isNew ? stage : $"{stage}: {fraction:0%}, {detail}");
        }
    }

    public void Say(string line)
    {
        lock (_lock)
        {
            _last = time.GetTimestamp();
            writer.WriteLine(line);
        }
    }
}
