namespace DistRec.Cli.Output;

/// <summary>Shows how far something has come.</summary>
internal interface IStageView
{
    /// <summary>Shows a stage. May be called from any thread, and often.</summary>
    /// <param name="stage">What is being done.</param>
    /// <param name="fraction">How much of it is done, from 0 to 1.</param>
    /// <param name="detail">Figures beside it.</param>
    void Show(string stage, double fraction, string detail);

    /// <summary>Prints a line that stays.</summary>
    void Say(string line);
}

/// <summary>Shows nothing.</summary>
internal sealed class SilentView : IStageView
{
    public void Show(string stage, double fraction, string detail)
    {
    }

    public void Say(string line)
    {
    }
}
