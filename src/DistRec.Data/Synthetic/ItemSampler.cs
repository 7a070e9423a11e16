using System.Numerics;
using DistRec.Numerics.Random;

namespace DistRec.Data;

/// <summary>The popularity of generated items: a Zipf law over a random order of them.</summary>
internal sealed class ItemPopularity
{
    public ItemPopularity(SyntheticOptions options)
    {
        int[] order = new int[options.ItemCount];
        for (int index = 0; index < order.Length; index++)
        {
            order[index] = index;
        }

        var random = new EntityRandom(options.Seed, RandomPurpose.SyntheticPopularity, 0);
        for (int index = order.Length - 1; index > 0; index--)
        {
            int other = random.NextInt(index + 1);
            (order[index], order[other]) = (order[other], order[index]);
        }

        Weights = new double[order.Length];
        for (int place = 0; place < order.Length; place++)
        {
            Weights[order[place]] = Math.Pow(place + 1, -options.ItemExponent);
        }

        Table = new AliasTable(Weights);
    }

    /// <summary>Weight of each item, [items].</summary>
    public double[] Weights { get; }

    public AliasTable Table { get; }
}

/// <summary>Draws distinct items one after the other by popularity, each time among those not drawn yet. One for each thread.</summary>
internal sealed class ItemSampler(ItemPopularity popularity)
{
    private const int DenseShare = 8; // above an eighth of all items, drawing again what was drawn costs more than a key for each

    private readonly ulong[] _drawn = new ulong[(popularity.Weights.Length + 63) / 64];
    private readonly double[] _arrivals = new double[popularity.Weights.Length];
    private readonly int[] _order = new int[popularity.Weights.Length];

    /// <summary>Fills <paramref name="items"/> with distinct items, ascending.</summary>
    public void Sample(ref EntityRandom random, Span<int> items)
    {
        if (items.Length > popularity.Weights.Length / DenseShare)
        {
            SampleDensely(ref random, items);
        }
        else
        {
            SampleSparsely(ref random, items);
        }
    }

    private void SampleSparsely(ref EntityRandom random, Span<int> items)
    {
        for (int count = 0; count < items.Length;)
        {
            int item = popularity.Table.Pick(random.NextUInt64());
            ref ulong word = ref _drawn[item >> 6];
            ulong bit = 1UL << item;
            if ((word & bit) == 0)
            {
                word |= bit;
                items[count++] = item;
            }
        }

        if (items.Length * 8 < _drawn.Length)
        {
            items.Sort();
            foreach (int item in items)
            {
                _drawn[item >> 6] = 0;
            }

            return;
        }

        int next = 0;
        for (int word = 0; word < _drawn.Length; word++)
        {
            for (ulong bits = _drawn[word]; bits != 0; bits &= bits - 1)
            {
                items[next++] = (word << 6) + BitOperations.TrailingZeroCount(bits);
            }

            _drawn[word] = 0;
        }
    }

    private void SampleDensely(ref EntityRandom random, Span<int> items)
    {
        // Items that arrive at exponential times with their weights as rates come in the order of drawing without
        // replacement (Efraimidis and Spirakis 2006).
        for (int item = 0; item < _arrivals.Length; item++)
        {
            _arrivals[item] = -Math.Log(1 - random.NextDouble()) / popularity.Weights[item];
            _order[item] = item;
        }

        Array.Sort(_arrivals, _order);
        _order.AsSpan(0, items.Length).CopyTo(items);
        items.Sort();
    }
}
