using System.Numerics;
using DistRec.Numerics.Random;

namespace DistRec.Data;

/// <summary>
/// A random order of the numbers 0 … count − 1 that is computed, not stored: a Feistel network on the next even number of bits,
/// applied again while it leaves the range (Black and Rogaway, "Ciphers with arbitrary finite domains", 2002).
/// </summary>
internal readonly struct KeyedPermutation
{
    private const int Rounds = 4;

    private readonly ulong _count;
    private readonly int _halfBits;
    private readonly ulong _halfMask;
    private readonly ulong[] _keys;

    public KeyedPermutation(ulong seed, long count)
    {
        _count = (ulong)count;
        _halfBits = Math.Max(1, (65 - BitOperations.LeadingZeroCount((ulong)Math.Max(0, count - 1))) / 2);
        _halfMask = (1UL << _halfBits) - 1;
        var random = new EntityRandom(seed, RandomPurpose.VisitOrder, count);
        _keys = new ulong[Rounds];
        for (int round = 0; round < Rounds; round++)
        {
            _keys[round] = random.NextUInt64();
        }
    }

    public long this[long index]
    {
        get
        {
            ulong value = (ulong)index;
            do
            {
                value = Encrypt(value);
            }
            while (value >= _count);
            return (long)value;
        }
    }

    private ulong Encrypt(ulong value)
    {
        ulong left = value >> _halfBits;
        ulong right = value & _halfMask;
        foreach (ulong key in _keys)
        {
            ulong mixed = (right + key) * 0xD6E8FEB86659FD93UL;
            mixed = (mixed ^ (mixed >> 32)) * 0xD6E8FEB86659FD93UL;
            (left, right) = (right, left ^ ((mixed >> 32) & _halfMask));
        }

        return (left << _halfBits) | right;
    }
}
