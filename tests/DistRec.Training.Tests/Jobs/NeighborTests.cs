using DistRec.Models.ItemWeights;
using DistRec.Models.Neighborhood;
using DistRec.Models.Persistence;
using DistRec.Numerics.Linear;

namespace DistRec.Training.Tests.Jobs;

/// <summary>Models with lists of like items, which the shards of the items find in all ratings.</summary>
public sealed class NeighborTests
{
    private static readonly TrainingSettings Knn = new() { Model = new KnnOptions { ListLength = 40, Shrinkage = 20 }, Epochs = 1, Partitions = 2 };

    [Theory]
    [InlineData(NeighborForm.Mean)]
    [InlineData(NeighborForm.Interpolation)]
    public async Task Knn_has_the_same_bits_for_any_number_of_partitions_and_threads(NeighborForm form)
    {
        TrainingSettings knn = Knn with { Model = (KnnOptions)Knn.Model with { Form = form } };
        TrainingOutcome one = await RunAsync(Planted.Small, knn with { Partitions = 1 });
        foreach (int partitions in new[] { 2, 5 })
        {
            TrainingOutcome other = await RunAsync(Planted.Small, knn with { Partitions = partitions, Threads = 3, Clocks = 4 });
            ModelHash.Compute(other.Model!).ShouldBe(ModelHash.Compute(one.Model!));
            other.Epochs[^1].ValidationRmse.ShouldBe(one.Epochs[^1].ValidationRmse);
        }
    }

    [Fact]
    public async Task Weights_between_items_have_the_same_bits_for_any_number_of_partitions_and_threads()
    {
        foreach (ModelOptions model in (ModelOptions[])[new ItemKnnOptions { Neighbors = 20 }, new Rp3betaOptions { Neighbors = 20 }, new EaseOptions { Neighbors = 20, Regularization = 10 }])
        {
            TrainingSettings settings = new() { Model = model, Epochs = 1, Partitions = 1 };
            TrainingOutcome one = await RunAsync(Planted.Small with { Validation = null }, settings);
            one.State.ShouldBe(JobState.Completed);
            foreach (int partitions in new[] { 2, 5 })
            {
                TrainingOutcome other = await RunAsync(Planted.Small with { Validation = null }, settings with { Partitions = partitions, Threads = 3 });
                ModelHash.Compute(other.Model!).ShouldBe(ModelHash.Compute(one.Model!));
            }
        }
    }

    [Fact]
    public async Task Lists_and_biases_are_those_of_the_ratings_to_learn_from_and_judged_by_those_kept_aside()
    {
        TrainingOutcome outcome = await RunAsync(Planted.Small, Knn);
        NeighborSearch search = new(((KnnOptions)Knn.Model).NeighborLists, Planted.Small.Train, outcome.Model!.Units);
        FactorTable lists = new(150, outcome.Model.Neighbors!.Shape.Width);
        search.Find(Planted.Small.Train.TransposeColumns(0, 150), 0, 150, 0, lists, 0, search.CreateSums());

        outcome.State.ShouldBe(JobState.Completed);
        outcome.Model.Neighbors.Lists.Values.ToArray().ShouldBe(lists.Values.ToArray());
        outcome.Model.ItemBiases.ShouldBe(search.Biases.Items);
        outcome.Epochs.ShouldHaveSingleItem().HasTrainRmse.ShouldBeFalse();

        TrainingOutcome biases = await RunAsync(Planted.Small, new() { Model = new Models.Baseline.BaselineOptions(), Epochs = 5 });
        outcome.Epochs[0].ValidationRmse.ShouldBeLessThan(0.99 * biases.Epochs[^1].ValidationRmse);
    }

    [Fact]
    public async Task In_the_end_ratings_kept_aside_are_among_those_that_lists_are_found_in()
    {
        TrainingOutcome refitted = await RunAsync(Planted.Small, Knn with { Refit = true });
        TrainingOutcome all = await RunAsync(Planted.Small with { Train = Planted.Small.Train.With(Planted.Small.Validation!), Validation = null }, Knn);

        refitted.Refitted.ShouldBeTrue();
        refitted.Model!.Neighbors!.Lists.Row(3)[..5].ToArray().ShouldBe(all.Model!.Neighbors!.Lists.Row(3)[..5].ToArray());
        refitted.Model.ItemBiases[3].ShouldBe(all.Model.ItemBiases[3], 0.02f);
    }

    [Fact]
    public async Task What_would_have_no_effect_is_refused()
    {
        (await Should.ThrowAsync<InputException>(() => RunAsync(Planted.Small, Knn with { Epochs = 3 }))).Message
            .ShouldContain("--epochs: expected 1, since knn counts once, found 3; leave it out");
        (await Should.ThrowAsync<InputException>(() => RunAsync(Planted.Small, Knn with { Model = new KnnOptions { Neighbors = 50, ListLength = 40 } }))).Message
            .ShouldContain("--neighbors: expected at most the list length, 40, found 50; raise --list-length");
        TrainingData many = Planted.Small with { Train = new RatingMatrix(NeighborShape.MaximumItems + 1, [0, 1], [0], [3]), Validation = null };
        (await Should.ThrowAsync<InputException>(() => RunAsync(many, Knn with { Partitions = 1 }))).Message
            .ShouldBe("planted: expected at most 16,777,216 items for knn, whose lists name them, found 16,777,217; train another model");
    }

    private static Task<TrainingOutcome> RunAsync(TrainingData data, TrainingSettings settings) => TrainingSession.RunAsync(data, settings, new SessionOptions());
}
