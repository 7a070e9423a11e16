using DistRec.Data;
using DistRec.Models;
using DistRec.Models.Als;
using DistRec.Models.Baseline;
using DistRec.Models.Bayesian;
using DistRec.Models.ImplicitAls;
using DistRec.Models.MatrixFactorization;
using DistRec.Models.Nmf;
using DistRec.Models.Persistence;
using DistRec.Models.Queries;
using DistRec.Models.Queries.Top;
using DistRec.Numerics.Linear;
using DistRec.Numerics.Random;

namespace DistRec.Bits;

/// <summary>The training kernels of DistRec.Models on one small set of ratings.</summary>
internal static class ModelBits
{
    private const int Users = 12;
    private const int Items = 30;

    private static readonly RatingMatrix Ratings = Draw();

    public static IEnumerable<(string Kernel, string Hash)> Compute()
    {
        foreach (int rank in (int[])[5, 16, 40])
        {
            yield return ($"als/{rank}", Alternate(new AlsSolver(new AlsOptions { Rank = rank }), 2));
            yield return ($"als-plain/{rank}", Alternate(new AlsSolver(new AlsOptions { Rank = rank, Biases = false }), 2));
        }

        foreach (int rank in (int[])[5, 16, 40])
        {
            foreach (ImplicitMethod method in Enum.GetValues<ImplicitMethod>())
            {
                ImplicitAlsOptions options = new() { Rank = rank, Method = method, BlockSize = 16 };
                yield return ($"als-implicit-{method}/{rank}", Alternate(new ImplicitAlsSolver(options), 2));
            }
        }

        foreach (int rank in (int[])[5, 16, 40])
        {
            yield return ($"nmf/{rank}", Alternate(new NmfSolver(new NmfOptions { Rank = rank }), 2));
            yield return ($"bpmf/{rank}", Alternate(new BpmfSolver(new BpmfOptions { Rank = rank, BurnIn = 1 }), 3));
            yield return ($"top/{rank}", Rank(rank));
        }

        yield return ("baseline", Alternate(new BaselineSolver(new BaselineOptions()), 3));
        foreach (int rank in (int[])[7, 16, 30, 48, 64, 80, 96, 112, 128, 150])
        {
            yield return ($"mf/{rank}", Descend(rank));
        }
    }

    private static string Alternate(IRowSolver solver, int epochs)
    {
        RatingMatrix byItem = Ratings.TransposeColumns(0, Items);
        FactorTable users = new(Users, solver.Rank), items = new(Items, solver.Rank);
        float[] userBiases = new float[Users], itemBiases = new float[Items];
        RowLoss[] losses = new RowLoss[Items];
        solver.Initialize(items, 0, Side.Item);
        IRowWorker worker = solver.CreateWorker();
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            Solve(Side.User, Ratings, items, itemBiases, users, userBiases);
            Solve(Side.Item, byItem, users, userBiases, items, itemBiases);

            void Solve(Side side, RatingMatrix ratings, FactorTable other, float[] otherBiases, FactorTable own, float[] ownBiases)
            {
                FactorTable previous = new(own.Rows, own.Rank);
                previous.CopyFrom(own);
                RowRound round = new(side, ratings, new([0, other.Rows], [other], [otherBiases]), new RatingUnits(3, 1))
                {
                    Epoch = epoch + 1,
                    Previous = previous,
                    OtherMoments = other.Rank == 0 ? null : Sum(other, solver.MomentRank),
                    OwnMoments = own.Rank == 0 ? null : Sum(own, solver.MomentRank),
                };
                worker.SolveRows(round with { Shared = solver.Prepare(round) }, 0, own.Rows, own, ownBiases, losses);
            }
        }

        ErrorSums errors = PartitionErrors.Compute(
            Ratings, users, userBiases, new([0, Items], [items], [itemBiases]), solver.Score, new RatingUnits(3, 1), new RatingScale(1, 5), 0, Users);
        float[] parameters = [.. users.Values, .. items.Values, .. userBiases, .. itemBiases];
        return BitHash.Of(
            [.. parameters.Select(value => (double)value), .. losses.SelectMany(loss => (double[])[loss.SquaredError, loss.Penalty]), errors.Rmse, errors.Mae]);
    }

    private static MomentSums Sum(FactorTable table, int rank)
    {
        MomentSums sums = new(rank);
        sums.Add(table, 0, table.Rows);
        return sums;
    }

    private static string Descend(int rank)
    {
        FactorTable users = BitHash.Table(Users, rank, 1), items = BitHash.Table(Items, rank, 2);
        float[] userBiases = new float[Users], itemBiases = new float[Items];
        MfBlocks blocks = new(Ratings, [0, Items]);
        double squaredErrors = MfKernel.RunBlock(blocks, 0, new MfStep(new RatingUnits(3, 1), 0.01f, 0.01f, 0.06f, 0.02f), users, userBiases, items, itemBiases);
        float[] parameters = [.. users.Values, .. items.Values, .. userBiases, .. itemBiases];
        return BitHash.Of([.. parameters.Select(value => (double)value), squaredErrors]);
    }

    private static string Rank(int rank)
    {
        const int Many = 700;
        FactorTable users = BitHash.Table(Users, rank, 3), items = BitHash.Table(Many, rank, 4);
        FactorModel model = new(ModelKinds.Als, 3, new RatingScale(1, 5), new float[Users], new float[Many], users, items);
        ModelDescription description = new()
        {
            Kind = ModelKinds.Als, DataName = "", DataFingerprint = "", DistRecVersion = "", Created = DateTimeOffset.UnixEpoch,
        };
        SavedModel saved = new(model, IdMap.Numbered(Users), IdMap.Numbered(Many), [], null, description);
        TopItems top = new(saved);
        IEnumerable<ScoredItem> best = Enumerable.Range(0, Users).SelectMany(user => top.Rank(TopRequest.For(saved, user, 20)));
        return BitHash.Of([.. best.SelectMany(item => (double[])[item.Item, item.Score])]);
    }

    private static RatingMatrix Draw()
    {
        EntityRandom random = new(4, RandomPurpose.SyntheticRating, 0);
        long[] starts = new long[Users + 1];
        List<int> columns = [];
        List<float> values = [];
        for (int user = 0; user < Users; user++)
        {
            for (int item = 0; item < Items; item++)
            {
                if (random.NextInt(3) == 0)
                {
                    columns.Add(item);
                    values.Add(1 + random.NextInt(5));
                }
            }

            starts[user + 1] = columns.Count;
        }

        return new RatingMatrix(Items, starts, [.. columns], [.. values]);
    }
}
