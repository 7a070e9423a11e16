using DistRec.Cli.Output;
using DistRec.Cli.Training;
using DistRec.Training.Protocol;

namespace DistRec.Cli.Tests;

/// <summary>A log of many epochs can be read: it has the first ones, ever fewer of the others, and always the best and the last.</summary>
public sealed class EventViewTests
{
    [Fact]
    public void Ever_fewer_of_many_epochs_are_told_and_in_the_end_the_best_and_the_last()
    {
        Lines lines = new();
        EventView view = new(lines, TimeProvider.System, 523, 1000);
        for (int epoch = 1; epoch <= 437; epoch++)
        {
            view.Report(new JobEvent { Epoch = new EpochFinished { Epoch = epoch, TrainRmse = 1, ValidationRmse = epoch <= 234 ? 2 - (epoch / 1000.0) : 1.9, Best = epoch <= 234, Seconds = 1 } });
        }

        int[] before = lines.Epochs;
        view.Complete();

        before.ShouldBe([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 200, 300, 400]);
        lines.Epochs.ShouldBe([.. before, 234, 437]);
    }

    [Theory]
    [InlineData(8, new[] { 1, 2, 3, 4, 5, 6, 7, 8 })]
    [InlineData(20, new[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20 })]
    [InlineData(23, new[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 23 })]
    public void No_epoch_is_told_twice(int epochs, int[] told)
    {
        Lines lines = new();
        EventView view = new(lines, TimeProvider.System, epochs, 1000);
        for (int epoch = 1; epoch <= epochs; epoch++)
        {
            view.Report(new JobEvent { Epoch = new EpochFinished { Epoch = epoch, TrainRmse = 1, ValidationRmse = 1.0 / epoch, Best = true, Seconds = 1 } });
        }

        view.Complete();
        view.Complete();

        lines.Epochs.ShouldBe(told);
    }

    private sealed class Lines : IStageView
    {
        private readonly List<string> _said = [];

        public int[] Epochs => [.. _said.Select(line => int.Parse(line["epoch ".Length..line.IndexOf('/')]))];

        public void Show(string stage, double fraction, string detail)
        {
        }

        public void Say(string line) => _said.Add(line);
    }
}
