using DistRec.Numerics.Random;

namespace DistRec.Models.Als;

/// <summary>ALS as a row solver.</summary>
public sealed class AlsSolver(AlsOptions options) : IRowSolver
{
    public int Rank => options.Rank;

    public void Initialize(FactorTable factors, int firstRow, Side side) =>
        InitialFactors.Draw(
            factors, firstRow, options.InitialScale, options.Seed, side == Side.User ? RandomPurpose.UserFactors : RandomPurpose.ItemFactors);

    public IRowWorker CreateWorker() => new Worker(options);

    private sealed class Worker(AlsOptions options) : IRowWorker
    {
        private readonly NormalEquation _equation = new(options.Rank);

        public int SolveRows(RowRound round, int from, int to, FactorTable factors, Span<float> biases, Span<RowLoss> losses)
        {
            ArgumentNullException.ThrowIfNull(round);
            return AlsKernel.SolveRows(round.Ratings, round.Other, options, round.Units, from, to, _equation, factors, biases, losses);
        }
    }
}
