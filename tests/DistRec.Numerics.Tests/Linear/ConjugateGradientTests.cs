using DistRec.Numerics.Vectors;
using DistRec.Oracles;

namespace DistRec.Numerics.Tests.Linear;

public sealed unsafe class ConjugateGradientTests
{
    [Theory]
    [MemberData(nameof(Draws.Ranks), MemberType = typeof(Draws))]
    public void From_a_gram_matrix_it_reaches_the_exact_solution(int rank)
    {
        LinearSystem system = LinearSystem.Of((3 * rank) + 5, rank);
        float[] solution = new float[rank];

        new ConjugateGradient(rank).TryImprove(system.Gram, null, 1.5f, system.RightSide, solution, 200).ShouldBeTrue();

        Draws.RelativeError(solution, system.Exact(1.5)).ShouldBeLessThan(3e-5);
    }

    [Theory]
    [MemberData(nameof(Draws.Ranks), MemberType = typeof(Draws))]
    public void Over_the_observations_it_reaches_the_exact_solution_without_the_matrix(int rank)
    {
        LinearSystem system = LinearSystem.Of((3 * rank) + 5, rank);
        float[] solution = new float[rank];

        new ConjugateGradient(rank)
            .TryImprove(null, system.Rows.Pointer, system.Rows.Rows, default, 1.5f, system.RightSide, solution, 200).ShouldBeTrue();

        Draws.RelativeError(solution, system.Exact(1.5)).ShouldBeLessThan(3e-5);
    }

    [Fact]
    public void A_gram_matrix_and_weighted_observations_add_up()
    {
        const int Rank = 37;
        LinearSystem system = LinearSystem.Of(90, Rank);
        FactorTable rows = new(12, Rank);
        float[] weights = [.. Draws.Gaussians(12, 4).Select(value => value * value * 5)];
        double[,] matrix = NaiveLeastSquares.Gram(system.Observations.ToDouble(), Rank);
        float[][] extra = Draws.Observations(12, Rank, 31);
        for (int t = 0; t < 12; t++)
        {
            extra[t].CopyTo(rows.Row(t));
            for (int i = 0; i < Rank; i++)
            {
                matrix[i, i] += t == 0 ? 0.3f : 0;
                for (int j = 0; j < Rank; j++)
                {
                    matrix[i, j] += (double)weights[t] * extra[t][i] * extra[t][j];
                }
            }
        }

        float[] solution = new float[Rank];
        new ConjugateGradient(Rank).TryImprove(system.Gram, rows.Pointer, 12, weights, 0.3f, system.RightSide, solution, 200).ShouldBeTrue();
        GC.KeepAlive(rows);

        Draws.RelativeError(solution, NaiveCholesky.SolveSystem(matrix, system.RightSide.ToDouble())).ShouldBeLessThan(3e-5);
    }

    [Fact]
    public void A_start_whose_image_is_known_goes_the_same_way()
    {
        const int Rank = 37;
        const float Regularization = 0.3f;
        LinearSystem system = LinearSystem.Of(90, Rank);
        float[] start = Draws.Gaussians(Rank, 9);
        float[] image = new float[Rank];
        foreach (float[] x in system.Observations)
        {
            float score = Dot.Compute(x, start);
            for (int j = 0; j < Rank; j++)
            {
                image[j] += score * x[j];
            }
        }

        float[] plain = [.. start], shortCut = [.. start];
        ConjugateGradient solver = new(Rank);
        solver.TryImprove(null, system.Rows.Pointer, 90, default, Regularization, system.RightSide, plain, 4).ShouldBeTrue();
        solver.TryImprove(null, new OneByOne(system.Observations), Regularization, system.RightSide, shortCut, 4, startImage: image).ShouldBeTrue();

        Draws.RelativeError(shortCut, plain.ToDouble()).ShouldBeLessThan(1e-4);
    }

    [Fact]
    public void Every_step_brings_the_quadratic_form_down()
    {
        // Golub, Van Loan, section 11.3.1: the iterates minimize φ(p) = ½ pᵀA p − bᵀp over growing subspaces.
        const int Rank = 50;
        LinearSystem system = LinearSystem.Of(70, Rank);
        double previous = 0;
        for (int steps = 1; steps <= 12; steps++)
        {
            float[] solution = new float[Rank];
            new ConjugateGradient(Rank).TryImprove(system.Gram, null, 0.5f, system.RightSide, solution, steps, 0).ShouldBeTrue();
            double form = system.QuadraticForm(solution.ToDouble(), 0.5);

            form.ShouldBeLessThan(previous);
            previous = form;
        }
    }

    [Fact]
    public void A_start_near_the_solution_needs_few_steps()
    {
        const int Rank = 64;
        LinearSystem system = LinearSystem.Of(300, Rank);
        double[] exact = system.Exact(1.5);
        float[] near = [.. exact.Zip(Draws.Gaussians(Rank, 8), (value, noise) => (float)(value + 1e-3 * noise))];
        float[] far = new float[Rank];
        double before = Draws.RelativeError(near, exact);
        ConjugateGradient solver = new(Rank);
        solver.TryImprove(system.Gram, null, 1.5f, system.RightSide, near, 3).ShouldBeTrue();
        solver.TryImprove(system.Gram, null, 1.5f, system.RightSide, far, 3).ShouldBeTrue();

        Draws.RelativeError(near, exact).ShouldBeLessThan(before / 5);
        Draws.RelativeError(near, exact).ShouldBeLessThan(Draws.RelativeError(far, exact) / 5);
    }

    [Fact]
    public void No_steps_leave_the_start_and_a_solution_is_left_where_it_is()
    {
        LinearSystem system = LinearSystem.Of(40, 10);
        float[] start = Draws.Gaussians(10, 5);
        float[] solution = [.. start];
        ConjugateGradient solver = new(10);

        solver.TryImprove(system.Gram, null, 1, system.RightSide, solution, 0).ShouldBeTrue();
        solution.ShouldBe(start);

        solver.TryImprove(system.Gram, null, 1, system.RightSide, solution, 100).ShouldBeTrue();
        float[] solved = [.. solution];
        solver.TryImprove(system.Gram, null, 1, system.RightSide, solution, 100, 1e-4f).ShouldBeTrue();
        solution.ShouldBe(solved);
    }

    [Fact]
    public void Nothing_to_fit_gives_zero()
    {
        float[] solution = new float[10];

        new ConjugateGradient(10).TryImprove(null, null, 0, default, 1, new float[10], solution, 5).ShouldBeTrue();

        solution.ShouldAllBe(value => value == 0);
    }

    [Fact]
    public void A_matrix_that_is_not_positive_definite_or_not_finite_is_refused_and_the_start_left_alone()
    {
        LinearSystem system = LinearSystem.Of(5, 10);
        float[] start = Draws.Gaussians(10, 5);
        foreach (float regularization in (float[])[-100, float.NaN, float.PositiveInfinity])
        {
            float[] solution = [.. start];

            new ConjugateGradient(10).TryImprove(system.Gram, null, regularization, system.RightSide, solution, 5).ShouldBeFalse();
            solution.ShouldBe(start);
        }
    }

    [Fact]
    public void Nothing_is_allocated_between_one_entity_and_the_next()
    {
        LinearSystem system = LinearSystem.Of(100, 64);
        ConjugateGradient solver = new(64);
        float[] solution = new float[64];

        AllocatedBytes.Least(Entity).ShouldBe(0);

        void Entity()
        {
            solver.TryImprove(system.Gram, system.Rows.Pointer, 100, default, 1, system.RightSide, solution, 3);
        }
    }

    [Fact]
    public void Shapes_that_do_not_fit_the_rank_are_refused()
    {
        ConjugateGradient solver = new(17);
        float[] vector = new float[17];

        Should.Throw<ArgumentOutOfRangeException>(() => new ConjugateGradient(0));
        Should.Throw<ArgumentException>(() => solver.TryImprove(new FactorTable(17, 16), null, 1, vector, vector, 1))
            .Message.ShouldContain("expected a table of [17, 17] or more rows, found [17, 16]");
        Should.Throw<ArgumentException>(() => solver.TryImprove(new FactorTable(16, 17), null, 1, vector, vector, 1));
        Should.Throw<ArgumentOutOfRangeException>(() => solver.TryImprove(new FactorTable(17, 17), null, 1, new float[16], vector, 1));
        Should.Throw<ArgumentOutOfRangeException>(() => solver.TryImprove(new FactorTable(17, 17), null, 1, vector, new float[16], 1));
        Should.Throw<ArgumentException>(() => solver.TryImprove(null, null, 2, [1f], 1, vector, vector, 1))
            .Message.ShouldContain("expected a weight for each of 2 observations, found 1");
    }

    private sealed record LinearSystem(float[][] Observations, float[] Targets, FactorTable Gram, float[] RightSide, FactorTable Rows)
    {
        public static LinearSystem Of(int count, int rank)
        {
            float[][] x = Draws.Observations(count, rank);
            float[] y = Draws.Gaussians(count, 77);
            FactorTable rows = new(count, rank);
            NormalEquation equation = new(rank);
            for (int t = 0; t < count; t++)
            {
                x[t].CopyTo(rows.Row(t));
                x[t].CopyTo(equation.TileRow(0));
                equation.Targets[0] = y[t];
                equation.AddTile(1);
            }

            equation.Gram.Mirror();
            return new LinearSystem(x, y, equation.Gram, equation.RightSide.ToArray(), rows);
        }

        public double[] Exact(double regularization) =>
            NaiveLeastSquares.Ridge(Observations.ToDouble(), Targets.ToDouble(), Rows.Rank, regularization);

        public double QuadraticForm(double[] p, double regularization) =>
            0.5 * (Observations.ToDouble().Sum(x => Math.Pow(NaiveLeastSquares.Dot(x, p), 2)) + regularization * NaiveLeastSquares.Dot(p, p))
            - NaiveLeastSquares.Dot(RightSide.ToDouble(), p);
    }

    private sealed unsafe class OneByOne(float[][] observations) : IWeightedRows
    {
        public void AddImage(float* x, float* y)
        {
            foreach (float[] observation in observations)
            {
                float score = Dot.Compute(observation, new ReadOnlySpan<float>(x, observation.Length));
                for (int j = 0; j < observation.Length; j++)
                {
                    y[j] += score * observation[j];
                }
            }
        }
    }
}
