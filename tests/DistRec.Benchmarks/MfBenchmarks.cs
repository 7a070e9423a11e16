using BenchmarkDotNet.Attributes;
using DistRec.Data;
using DistRec.Models.MatrixFactorization;
using DistRec.Numerics.Linear;
using DistRec.Numerics.Random;

namespace DistRec.Benchmarks;

/// <summary>One block of stochastic gradient descent whose factors fit the second-level cache; times are per rating.</summary>
public class MfBenchmarks
{
    private const int Users = 400;
    private const int Items = 300;
    private const int RatingsPerUser = 50;

    private static readonly MfStep Step = new(new Models.RatingUnits(3.5f, 1), 0.01f, 0.01f, 0.05f, 0.01f);

    private MfBlocks? _blocks;
    private FactorTable _users = new(1, 1);
    private FactorTable _items = new(1, 1);
    private float[] _userBiases = [];
    private float[] _itemBiases = [];

    [Params(32, 64, 128)]
    public int Rank { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _blocks = new MfBlocks(Draw(), [0, Items]);
        _users = Numbers.Table(Users, Rank, 0.1);
        _items = Numbers.Table(Items, Rank, 0.1);
        _userBiases = new float[Users];
        _itemBiases = new float[Items];
    }

    [Benchmark(OperationsPerInvoke = Users * RatingsPerUser)]
    public double Block() => MfKernel.RunBlock(_blocks!, 0, Step, _users, _userBiases, _items, _itemBiases);

    private static RatingMatrix Draw()
    {
        long[] starts = [.. Enumerable.Range(0, Users + 1).Select(user => (long)user * RatingsPerUser)];
        int[] columns = [.. Enumerable.Range(0, Users).SelectMany(ItemsOf)];
        return new RatingMatrix(Items, starts, columns, [.. columns.Select((item, position) => 1f + (item + position) % 5)]);
    }

    // Selection sampling: every subset of the items is equally likely, and it comes out ascending.
    private static IEnumerable<int> ItemsOf(int user)
    {
        EntityRandom random = new(1, RandomPurpose.SyntheticUser, user);
        int left = RatingsPerUser;
        for (int item = 0; item < Items; item++)
        {
            if (random.NextInt(Items - item) < left)
            {
                left--;
                yield return item;
            }
        }
    }
}
