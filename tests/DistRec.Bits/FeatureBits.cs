using DistRec.Data;
using DistRec.Models;
using DistRec.Models.FactorizationMachine;
using DistRec.Numerics.Linear;
using DistRec.Numerics.Random;

namespace DistRec.Bits;

/// <summary>The training kernels of factorization machines on one small set of rows.</summary>
internal static class FeatureBits
{
    private const int Users = 12;
    private const int Items = 10;
    private const int Genres = 4;
    private const int Features = Users + Items + Genres;
    private const int Rows = 60;
    private const int ItemBlock = 1;

    private static readonly FeatureSpace Space = new([new("user", 0, Users), new("item", Users, Items), new("genre", Users + Items, Genres)]);
    private static readonly int[] GroupOf = [.. Space.Groups.SelectMany((group, index) => Enumerable.Repeat(index, group.Count))];
    private static readonly FeatureRows Data = Draw();

    public static IEnumerable<(string Kernel, string Hash)> Compute()
    {
        foreach (int rank in (int[])[5, 16, 40])
        {
            foreach (int order in (int[])[2, 3, 4])
            {
                foreach (FmLearner learner in (FmLearner[])[FmLearner.Sgd, FmLearner.AdaGrad])
                {
                    yield return ($"fm-{learner}/{order}-{rank}", Descend(rank, order, learner, FmTask.Regression));
                }

                yield return ($"fm-pairs/{order}-{rank}", Descend(rank, order, FmLearner.Sgd, FmTask.Ranking));
                yield return ($"fm-collapsed/{order}-{rank}", Collapse(rank, order));
            }

            yield return ($"fm-AdaptiveSgd/{rank}", Descend(rank, 2, FmLearner.AdaptiveSgd, FmTask.Classification));
        }
    }

    private static string Descend(int rank, int order, FmLearner learner, FmTask task)
    {
        FmOptions options = new() { Rank = rank, Order = order, Learner = learner, Task = task };
        FmShape shape = FmShape.Of(options);
        FmParameters parameters = Initial(options);
        FmStep step = FmStep.Of(options, 0.02);
        double sum = task == FmTask.Ranking
            ? FmKernel.RunPairs(shape, step, Data, 0, Rows, parameters, new FmPairs(ItemBlock, [.. Data.BlockRows[ItemBlock].Select(item => (item + 3) % Items)]))
            : learner == FmLearner.AdaptiveSgd ? FmKernel.RunRows(shape, step, Data, 10, Rows, parameters, new FmHeldOut(Data.Slice(0, 10), GroupOf))
            : FmKernel.RunRows(shape, step, Data, 0, Rows, parameters);
        float[] values = [.. parameters.Factors.Values, .. parameters.Weights];
        return BitHash.Of([.. values.Select(value => (double)value), sum, FmPredictor.Predict(shape, parameters, Data, 7)]);
    }

    private static string Collapse(int rank, int order)
    {
        FmOptions options = new() { Rank = rank, Order = order };
        FmMachine machine = FmMachine.Of(options, Initial(options), Space, RatingUnits.None);
        FactorModel model = FmCollapse.ToModel(ModelKinds.Fm, machine, new FeatureData(Space, Data, null, null), new RatingScale(0, 1));
        float[] values = [.. model.UserBiases, .. model.ItemBiases, .. model.UserFactors!.Values, .. model.ItemFactors!.Values];
        return BitHash.Of([.. values.Select(value => (double)value)]);
    }

    private static FmParameters Initial(FmOptions options)
    {
        FmShape shape = FmShape.Of(options);
        int rows = shape.RowsFor(Features, Space.Groups.Count);
        FmParameters parameters = new(new FactorTable(rows, shape.Width), new float[rows], Features);
        FmTables.Initialize(shape, options, parameters.Factors, parameters.Weights, 0, Features, 0.5f);
        return parameters;
    }

    private static FeatureRows Draw()
    {
        EntityRandom random = new(4, RandomPurpose.SyntheticRating, 1);
        long[] starts = new long[Items + 1];
        List<int> columns = [];
        List<float> values = [];
        for (int item = 0; item < Items; item++)
        {
            columns.AddRange([Users + item, Users + Items + (item % Genres)]);
            values.AddRange([1, 0.3f + (0.1f * item)]);
            starts[item + 1] = columns.Count;
        }

        RelationBlock users = new("user", RelationEntity.User, new RatingMatrix(
            Features, [.. Enumerable.Range(0, Users + 1).Select(start => (long)start)], [.. Enumerable.Range(0, Users)], [.. Enumerable.Repeat(1f, Users)]));
        RelationBlock items = new("item", RelationEntity.Item, new RatingMatrix(Features, starts, [.. columns], [.. values]));
        int[] ofUsers = new int[Rows], ofItems = new int[Rows];
        float[] targets = new float[Rows];
        for (int row = 0; row < Rows; row++)
        {
            (ofUsers[row], ofItems[row], targets[row]) = (random.NextInt(Users), random.NextInt(Items), random.NextInt(2));
        }

        return new FeatureRows(targets, [users, items], [ofUsers, ofItems]);
    }
}
