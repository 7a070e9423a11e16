using Spectre.Console;

namespace DistRec.Cli.Output;

/// <summary>Progress for a person: a bar a stage, redrawn in place.</summary>
internal sealed class TerminalView(IAnsiConsole console, ProgressContext context) : IStageView
{
    private readonly Lock _lock = new();
    private ProgressTask? _task;
    private string _stage = "";

    public void Show(string stage, double fraction, string detail)
    {
        lock (_lock)
        {
            if (_task is null || stage != _stage)
            {
                _task?.StopTask();
                _task = context.AddTask(Markup.Escape(VisibleText.Of(stage)), maxValue: 1);
                _stage = stage;
            }

            _task.Description = Markup.Escape(VisibleText.Of($"{stage}  {detail}"));
            _task.Value = Math.Clamp(fraction, 0, 1);
        }
    }

    public void Say(string line)
    {
        lock (_lock)
        {
            console.WriteLine(line);
        }
    }
}
