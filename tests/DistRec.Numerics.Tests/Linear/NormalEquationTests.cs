using DistRec.Oracles;

namespace DistRec.Numerics.Tests.Linear;

public sealed class NormalEquationTests
{
    // Condition numbers of these systems are below 50; float32 leaves about 1e-6 of a well conditioned solution.
    private const double SolutionTolerance = 3e-5;

    [Fact]
    public void The_worked_example_of_its_description_holds()
    {
        NormalEquation equation = new(2);
        Add(equation, [[1, 0], [1, 1]], [3, 5]);
        float[] solution = new float[equation.Stride];

        equation.Gram.Row(0).ToArray().ShouldBe([2, 1]);
        equation.Gram.Row(1)[1].ShouldBe(1);
        equation.RightSide.ToArray().ShouldBe([8, 5]);
        equation.RegressorSum.ToArray().ShouldBe([2, 1]);
        equation.TrySolve(1, -1, solution, out float intercept).ShouldBeTrue();
        solution[0].ShouldBe(2.2f, 1e-6f);
        solution[1].ShouldBe(1.4f, 1e-6f);
        intercept.ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(Draws.Ranks), MemberType = typeof(Draws))]
    public void The_solution_is_that_of_the_ridge(int rank)
    {
        (float[][] x, float[] y) = Problem((3 * rank) + 5, rank);
        NormalEquation equation = new(rank);
        Add(equation, x, y);
        float[] solution = new float[equation.Stride];

        equation.TrySolve(1.5f, -1, solution, out float intercept).ShouldBeTrue();

        Draws.RelativeError(solution, NaiveLeastSquares.Ridge(x.ToDouble(), y.ToDouble(), rank, 1.5)).ShouldBeLessThan(SolutionTolerance);
        intercept.ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(Draws.Ranks), MemberType = typeof(Draws))]
    public void The_intercept_is_solved_jointly_with_the_factors(int rank)
    {
        (float[][] x, float[] y) = Problem((3 * rank) + 5, rank);
        NormalEquation equation = new(rank);
        Add(equation, x, y);
        float[] solution = new float[equation.Stride];

        equation.TrySolve(1.5f, 0.7f, solution, out float intercept).ShouldBeTrue();

        (double[] factors, double expected) = NaiveLeastSquares.RidgeWithIntercept(x.ToDouble(), y.ToDouble(), rank, 1.5, 0.7f);
        Draws.RelativeError(solution, factors).ShouldBeLessThan(SolutionTolerance);
        ((double)intercept).ShouldBe(expected, SolutionTolerance * Math.Abs(expected) + 1e-5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(33)]
    [InlineData(64)]
    [InlineData(200)]
    public void Every_number_of_observations_around_the_tile_is_summed(int rank)
    {
        int capacity = new NormalEquation(rank).TileCapacity;
        foreach (int count in (int[])[0, 1, capacity - 1, capacity, capacity + 1, (2 * capacity) + 3])
        {
            (float[][] x, float[] y) = Problem(count, rank);
            NormalEquation equation = new(rank);
            Add(equation, x, y);
            double[,] gram = NaiveLeastSquares.Gram(x.ToDouble(), rank);
            double[] rightSide = NaiveLeastSquares.RightSide(x.ToDouble(), y.ToDouble(), rank);

            equation.Count.ShouldBe(count);
            equation.TargetSum.ShouldBe(y.Sum(value => (double)value), 1e-9);
            equation.TargetSquareSum.ShouldBe(y.Sum(value => (double)value * value), 1e-9);
            for (int i = 0; i < rank; i++)
            {
                ((double)equation.RightSide[i]).ShouldBe(rightSide[i], 1e-5 * (count + 1));
                ((double)equation.RegressorSum[i]).ShouldBe(x.Sum(observation => (double)observation[i]), 1e-5 * (count + 1));
                for (int j = i; j < rank && count > 0; j++)
                {
                    ((double)equation.Gram.Row(i)[j]).ShouldBe(gram[i, j], 1e-6 * Math.Sqrt(gram[i, i] * gram[j, j]));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Draws.Ranks), MemberType = typeof(Draws))]
    public void However_the_observations_are_cut_into_tiles_the_bits_are_the_same(int rank)
    {
        (float[][] x, float[] y) = Problem(75, rank);
        float[] expected = Solve(int.MaxValue);

        foreach (int tile in (int[])[1, 2, 7, 16])
        {
            Solve(tile).ShouldBe(expected);
        }

        float[] Solve(int tile)
        {
            NormalEquation equation = new(rank);
            Add(equation, x, y, tile);
            float[] solution = new float[equation.Stride + 1];
            equation.TrySolve(1, 1, solution, out solution[equation.Stride]).ShouldBeTrue();
            return solution;
        }
    }

    [Fact]
    public void A_reset_forgets_everything()
    {
        (float[][] x, float[] y) = Problem(50, 33);
        NormalEquation used = new(33), fresh = new(33);
        Add(used, Problem(90, 33, 5).X, Problem(90, 33, 5).Y);
        used.TrySolve(2, 2, new float[used.Stride], out _).ShouldBeTrue();
        used.Reset();
        used.Count.ShouldBe(0);
        used.TargetSum.ShouldBe(0);
        used.TargetSquareSum.ShouldBe(0);

        Add(used, x, y);
        Add(fresh, x, y);
        float[] a = new float[used.Stride], b = new float[used.Stride];
        used.TrySolve(1, 1, a, out float first).ShouldBeTrue();
        fresh.TrySolve(1, 1, b, out float second).ShouldBeTrue();
        a.ShouldBe(b);
        first.ShouldBe(second);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(65)]
    public void The_padding_stays_zero(int rank)
    {
        (float[][] x, float[] y) = Problem(3 * rank, rank);
        NormalEquation equation = new(rank);
        Add(equation, x, y);
        for (int row = 0; row < equation.Stride; row++)
        {
            equation.Gram.Values.Slice((row * equation.Stride) + rank, equation.Stride - rank).ContainsAnyExcept(0f).ShouldBeFalse();
        }

        float[] solution = new float[equation.Stride];
        equation.TrySolve(1, 1, solution, out _).ShouldBeTrue();
        solution.AsSpan(rank).ContainsAnyExcept(0f).ShouldBeFalse();
    }

    [Fact]
    public void A_system_without_a_unique_solution_is_refused_and_the_solution_left_alone()
    {
        foreach (int count in (int[])[0, 1, 19])
        {
            (float[][] x, float[] y) = Problem(count, 20);
            NormalEquation equation = new(20);
            Add(equation, x, y);
            float[] solution = [.. Enumerable.Repeat(9f, equation.Stride)];

            equation.TrySolve(0, -1, solution, out float intercept).ShouldBeFalse($"{count} observations of rank 20");
            intercept.ShouldBe(0);
            solution.ShouldAllBe(value => value == 9);
        }
    }

    [Fact]
    public void An_intercept_that_the_regressors_already_span_is_refused_without_regularization()
    {
        float[][] x = Draws.Observations(40, 6);
        foreach (float[] observation in x)
        {
            observation[0] = 1;
        }

        NormalEquation equation = new(6);
        Add(equation, x, Draws.Gaussians(40, 3));

        equation.TrySolve(0, 0, new float[16], out float intercept).ShouldBeFalse();
        intercept.ShouldBe(0);
    }

    [Theory]
    [InlineData(float.NaN, 1f)]
    [InlineData(1f, float.NaN)]
    [InlineData(float.PositiveInfinity, 1f)]
    [InlineData(1f, float.NegativeInfinity)]
    [InlineData(1e30f, 1f)]
    [InlineData(1e10f, 3e38f)]
    public void Values_that_leave_float32_are_refused_and_the_solution_left_alone(float regressor, float target)
    {
        (float[][] x, float[] y) = Problem(30, 9);
        x[4][2] = regressor;
        y[4] = target;
        foreach (float interceptRegularization in (float[])[-1, 1])
        {
            NormalEquation equation = new(9);
            Add(equation, x, y);
            float[] solution = new float[16];

            equation.TrySolve(1, interceptRegularization, solution, out float intercept).ShouldBeFalse();
            solution.ShouldAllBe(value => value == 0);
            intercept.ShouldBe(0);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(19)]
    [InlineData(40)]
    public void The_smallest_regularization_is_enough_for_observations_of_any_rank_and_size(int count)
    {
        foreach (float size in (float[])[1e-3f, 1, 1e4f])
        {
            (float[][] x, float[] y) = Problem(count, 20);
            NormalEquation equation = new(20);
            Add(equation, [.. x.Select(row => row.Select(value => value * size).ToArray())], y);
            float regularization = equation.MinRegularization;

            equation.TrySolve(regularization, equation.MinInterceptRegularization, new float[32], out _).ShouldBeTrue();
            regularization.ShouldBeLessThan(1e-5f * size * size * 100);
        }
    }

    [Theory]
    [InlineData(1, 4, 0f)]
    [InlineData(8, 40, 0.5f)]
    [InlineData(33, 20, 2f)]
    [InlineData(64, 300, 2f)]
    [InlineData(64, 300, -1f)]
    public void The_minimum_is_the_explicit_loss_at_the_solution(int rank, int count, float interceptRegularization)
    {
        (float[][] x, float[] y) = Problem(count, rank);
        NormalEquation equation = new(rank);
        Add(equation, x, y);
        float[] solution = new float[equation.Stride];
        equation.TrySolve(1.5f, interceptRegularization, solution, out float intercept).ShouldBeTrue();

        double[] factors = solution.ToDouble()[..rank];
        double explicitLoss = NaiveLeastSquares.SquaredError(x.ToDouble(), y.ToDouble(), factors, intercept)
            + 1.5 * NaiveLeastSquares.Dot(factors, factors)
            + Math.Max(0, interceptRegularization) * intercept * intercept;
        equation.MinimumOf(solution, intercept).ShouldBe(explicitLoss, 3e-6 * equation.TargetSquareSum);
    }

    [Fact]
    public void Nothing_is_allocated_between_one_entity_and_the_next()
    {
        NormalEquation equation = new(64);
        float[] solution = new float[equation.Stride];
        Draws.Gaussians(equation.TileCapacity, 3).CopyTo(equation.Targets);
        for (int t = 0; t < equation.TileCapacity; t++)
        {
            Draws.Gaussians(64, t).CopyTo(equation.TileRow(t));
        }

        AllocatedBytes.Least(Entity).ShouldBe(0);

        void Entity()
        {
            equation.Reset();
            equation.AddTile(equation.TileCapacity);
            equation.AddTile(3);
            equation.TrySolve(1, 1, solution, out float intercept);
            equation.MinimumOf(solution, intercept);
        }
    }

    [Fact]
    public void Shapes_out_of_range_are_refused()
    {
        NormalEquation equation = new(17);

        Should.Throw<ArgumentOutOfRangeException>(() => new NormalEquation(0));
        Should.Throw<ArgumentOutOfRangeException>(() => equation.AddTile(-1));
        Should.Throw<ArgumentOutOfRangeException>(() => equation.AddTile(equation.TileCapacity + 1));
        Should.Throw<ArgumentOutOfRangeException>(() => equation.TrySolve(1, 1, new float[17], out _));
        Should.Throw<ArgumentOutOfRangeException>(() => equation.MinimumOf(new float[16], 0));
    }

    private static (float[][] X, float[] Y) Problem(int count, int rank, long key = 0) =>
        (Draws.Observations(count, rank, key), Draws.Gaussians(count, key + 77));

    private static void Add(NormalEquation equation, float[][] x, float[] y, int tile = int.MaxValue)
    {
        tile = Math.Min(tile, equation.TileCapacity);
        for (int start = 0; start < x.Length; start += tile)
        {
            int count = Math.Min(tile, x.Length - start);
            for (int t = 0; t < count; t++)
            {
                x[start + t].CopyTo(equation.TileRow(t));
                equation.Targets[t] = y[start + t];
            }

            equation.AddTile(count);
        }
    }
}
