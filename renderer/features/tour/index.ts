export { Tour, TourOffer } from './tour.tsx';
